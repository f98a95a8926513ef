import type { TimeRange } from '../core/time-range.ts';
import type { ContainerKey } from '../core/workload.ts';
import type { NewestSample } from './metrics-api-read.ts';
import { noRepairs } from './repair.ts';
import type { ContainerUsage, NodeUsage, UsageBatch } from './source.ts';
import { type Sample, usageColumns } from './usage-grid.ts';

/** What a sample is about. */
export type HeldName =
  | { readonly kind: 'container'; readonly key: ContainerKey; readonly pod: string; readonly node: string | undefined }
  | { readonly kind: 'node'; readonly node: string };

interface Held {
  name: HeldName;
  cpuMillicores: Sample[];
  memoryBytes: Sample[];
  lastSeconds: number;
}

/** The samples of some hours, in memory. */
export class HeldSamples {
  readonly #series = new Map<string, Held>();

  /** Keeps a sample unless it was seen before: between two measurements the metrics API repeats the last one. */
  put(name: HeldName, { timeSeconds, cpuMillicores, memoryBytes }: NewestSample): void {
    const id = name.kind === 'node' ? `node ${name.node}` : `${name.key.namespace}/${name.pod}/${name.key.container}`;
    const held = this.#series.get(id) ?? {
      name,
      cpuMillicores: [],
      memoryBytes: [],
      lastSeconds: Number.NEGATIVE_INFINITY,
    };
    this.#series.set(id, held);
    // A pod's controller may have been a guess at first.
    held.name = name;
    if (timeSeconds <= held.lastSeconds) return;
    held.lastSeconds = timeSeconds;
    held.cpuMillicores.push([timeSeconds, cpuMillicores]);
    held.memoryBytes.push([timeSeconds, memoryBytes]);
  }

  forgetBefore(seconds: number): void {
    const isKept = ([time]: Sample): boolean => time >= seconds;
    for (const [id, held] of this.#series) {
      held.cpuMillicores = held.cpuMillicores.filter(isKept);
      held.memoryBytes = held.memoryBytes.filter(isKept);
      if (held.cpuMillicores.length === 0) this.#series.delete(id);
    }
  }

  /** The time of the oldest sample; infinite when there is none. */
  get oldestSeconds(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { cpuMillicores } of this.#series.values()) oldest = Math.min(oldest, cpuMillicores[0]?.[0] ?? oldest);
    return oldest;
  }

  batch(range: TimeRange): UsageBatch {
    const repairs = noRepairs();
    const containers: ContainerUsage[] = [];
    const nodes: NodeUsage[] = [];
    const isWithin = ([time]: Sample): boolean => time > range.startSeconds && time <= range.endSeconds;
    for (const { name, cpuMillicores, memoryBytes } of this.#series.values()) {
      const raw = { cpuMillicores: cpuMillicores.filter(isWithin), memoryBytes: memoryBytes.filter(isWithin) };
      const columns = usageColumns(raw, range, repairs, Number.POSITIVE_INFINITY);
      if (columns === undefined) continue;
      if (name.kind === 'node') nodes.push({ node: name.node, ...columns });
      else containers.push({ key: name.key, pod: name.pod, node: name.node, ...columns });
    }
    return { range, containers, nodes, repairs };
  }
}
