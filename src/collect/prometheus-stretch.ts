import type { TimeRange } from '../core/time-range.ts';
import type { Series } from './prometheus-answer.ts';
import type { Owners, PodName } from './prometheus-owners.ts';
import type { Queries } from './prometheus-queries.ts';
import { type Gathered, gather } from './prometheus-series.ts';
import { type Asking, askInParts, type Question } from './prometheus-split.ts';
import { noRepairs, type RepairCounts } from './repair.ts';
import type { ContainerUsage, NodeUsage, UsageBatch } from './source.ts';
import { usageColumns } from './usage-grid.ts';

/** What was read of one stretch, and what it took. */
export interface Stretch {
  readonly batch: UsageBatch;
  readonly samples: number;
  readonly isSplit: boolean;
}

/** Reads all usage of one stretch of time. Throws SOURCE_UNAVAILABLE and SOURCE_LIMIT. */
export function readStretch(
  asking: Asking,
  queries: Queries,
  owners: Owners,
  range: TimeRange,
  nowSeconds: number,
): Promise<Stretch> {
  return new StretchReader(asking, queries, owners, range, nowSeconds).read();
}

class StretchReader {
  readonly #asking: Asking;
  readonly #queries: Queries;
  readonly #owners: Owners;
  readonly #range: TimeRange;
  readonly #nowSeconds: number;
  readonly #repairs: RepairCounts = noRepairs();
  #samples = 0;
  #isSplit = false;

  constructor(asking: Asking, queries: Queries, owners: Owners, range: TimeRange, nowSeconds: number) {
    this.#asking = asking;
    this.#queries = queries;
    this.#owners = owners;
    this.#range = range;
    this.#nowSeconds = nowSeconds;
  }

  async read(): Promise<Stretch> {
    const containers = await this.#readContainers();
    const nodes = await this.#readNodes();
    this.#repairs.resets += await this.#countResets();
    const batch = { range: this.#range, containers, nodes, repairs: this.#repairs };
    return { batch, samples: this.#samples, isSplit: this.#isSplit };
  }

  async #readContainers(): Promise<ContainerUsage[]> {
    const cpu = await this.#eachStep(this.#queries.containerCpu);
    const memory = await this.#eachStep(this.#queries.containerMemory);
    const gathered = gather(cpu, memory, ['namespace', 'pod', 'container', 'node']).filter(isContainer);
    const pods = gathered.map(podOf);
    await this.#learnOwners(pods);
    const nodes = gathered.every(({ labels }) => labels.node) ? undefined : await this.#nodesOfPods();
    return gathered.flatMap((one) => this.#containerUsage(one, nodes));
  }

  #containerUsage(gathered: Gathered, nodes: ReadonlyMap<string, string> | undefined): ContainerUsage[] {
    const columns = usageColumns(gathered, this.#range, this.#repairs, this.#nowSeconds);
    if (columns === undefined) return [];
    const { labels } = gathered;
    const name = podOf(gathered);
    const key = { ...this.#owners.workloadOf(name), container: labels.container ?? '' };
    const node = labels.node || nodes?.get(`${name.namespace}/${name.pod}`);
    return [{ key, pod: name.pod, node, ...columns }];
  }

  async #learnOwners(pods: readonly PodName[]): Promise<void> {
    const owners = this.#owners;
    if (!pods.every((pod) => owners.knowsPod(pod))) owners.replacePods(await this.#atEnd(this.#queries.podOwner));
    if (owners.lacks('ReplicaSet', pods)) {
      owners.replaceControllers('ReplicaSet', 'replicaset', await this.#atEnd(this.#queries.replicaSetOwner));
    }
    if (owners.lacks('Job', pods)) {
      owners.replaceControllers('Job', 'job_name', await this.#atEnd(this.#queries.jobOwner));
    }
  }

  async #nodesOfPods(): Promise<ReadonlyMap<string, string>> {
    const series = await this.#atEnd(this.#queries.podNode);
    return new Map(series.map(({ labels }) => [`${labels.namespace}/${labels.pod}`, labels.node ?? '']));
  }

  async #readNodes(): Promise<NodeUsage[]> {
    const cpu = await this.#firstAnswer(this.#queries.nodeCpu);
    const memory = await this.#firstAnswer(this.#queries.nodeMemory);
    const isNamed = [...cpu, ...memory].every(({ labels }) => labels.node);
    const names = isNamed ? undefined : await this.#nodeNames();
    const named = (series: Series): Series => ({ ...series, labels: { node: nodeName(series.labels, names) } });
    return gather(cpu.map(named), memory.map(named), ['node']).flatMap((one) => {
      const columns = usageColumns(one, this.#range, this.#repairs, this.#nowSeconds);
      return columns === undefined ? [] : [{ node: one.labels.node ?? '', ...columns }];
    });
  }

  async #firstAnswer(queries: readonly string[]): Promise<readonly Series[]> {
    for (const query of queries) {
      const series = await this.#eachStep(query, false);
      if (series.length > 0) return series;
    }
    return [];
  }

  async #nodeNames(): Promise<ReadonlyMap<string, string>> {
    const series = await this.#atEnd(this.#queries.nodeAddress, 0, false);
    return new Map(series.map(({ labels }) => [labels.internal_ip ?? '', labels.node ?? '']));
  }

  async #countResets(): Promise<number> {
    if (this.#queries.resets === undefined) return 0;
    const marginSeconds = this.#asking.scrapeSeconds ?? 0;
    const series = await this.#atEnd(this.#queries.resets, marginSeconds);
    return series.reduce((sum, { samples }) => sum + (samples[0]?.[1] || 0), 0);
  }

  async #eachStep(query: string, isByNamespace = true): Promise<readonly Series[]> {
    const series = await this.#ask({ query, kind: 'each-step', range: this.#range, isByNamespace });
    for (const { samples } of series) this.#samples += samples.length;
    return series;
  }

  #atEnd(query: string, marginSeconds = 0, isByNamespace = true): Promise<readonly Series[]> {
    return this.#ask({ query, kind: 'at-end', range: this.#range, isByNamespace, marginSeconds });
  }

  async #ask(question: Question): Promise<readonly Series[]> {
    const { series, isSplit } = await askInParts(this.#asking, question);
    this.#isSplit ||= isSplit;
    return series;
  }
}

function isContainer({ labels }: Gathered): boolean {
  return Boolean(labels.namespace && labels.pod && labels.container);
}

function podOf({ labels }: Gathered): PodName {
  return { namespace: labels.namespace ?? '', pod: labels.pod ?? '' };
}

/** The label `node`, else the node with the address in `instance`, else that address without its port. */
function nodeName(labels: Series['labels'], names: ReadonlyMap<string, string> | undefined): string {
  if (labels.node) return labels.node;
  const host = (labels.instance ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return names?.get(host) ?? host;
}
