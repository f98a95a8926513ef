import type { Outlook } from '../core/outlook.ts';
import type { PerResource, Resource } from '../core/resource.ts';

export interface OutlookSummary {
  readonly count: number;
  /** Whether the load of tracked workloads is left out of the nodes' (see NodeForecasts). */
  readonly attributed: boolean;
  /** Sum of all nodes, one value a step: millicores and bytes. */
  readonly total: PerResource<readonly number[]>;
  /** The nodes with the highest expected load of any step, the highest first. */
  readonly busiest: PerResource<readonly BusyNode[]>;
}

export interface BusyNode {
  readonly node: string;
  readonly peak: number;
  /** Unix seconds of the start of that step. */
  readonly peakSeconds: number;
}

const busiestNodes = 20;

/** What a person wants to see of the nodes of an Outlook, however many there are. */
export function summaryOf(outlook: Outlook): OutlookSummary {
  const { names, attributed } = outlook.nodes;
  const of = <T>(make: (resource: Resource) => T): PerResource<T> => ({ cpu: make('cpu'), memory: make('memory') });
  return {
    count: names.length,
    attributed,
    total: of((resource) => totals(outlook, resource)),
    busiest: of((resource) => busiest(outlook, resource)),
  };
}

function totals({ nodes, steps }: Outlook, resource: Resource): number[] {
  const sums = new Float64Array(steps);
  const mean = nodes.mean[resource];
  for (let i = 0; i < mean.length; i += 1) sums[i % steps] = (sums[i % steps] ?? 0) + (mean[i] ?? 0);
  return [...sums];
}

function busiest({ nodes, steps, horizonStartSeconds, stepSeconds }: Outlook, resource: Resource): BusyNode[] {
  const mean = nodes.mean[resource];
  const peakSteps = nodes.names.map((_, row) => peakStep(mean, row * steps, steps));
  const peakOf = (row: number): number => mean[row * steps + (peakSteps[row] ?? 0)] ?? 0;
  const rows = nodes.names.map((_, row) => row).sort((a, b) => peakOf(b) - peakOf(a) || a - b);
  return rows.slice(0, busiestNodes).map((row) => ({
    node: nodes.names[row] ?? '',
    peak: peakOf(row),
    peakSeconds: horizonStartSeconds + (peakSteps[row] ?? 0) * stepSeconds,
  }));
}

function peakStep(mean: Float32Array, from: number, steps: number): number {
  let best = 0;
  for (let step = 1; step < steps; step += 1) {
    if ((mean[from + step] ?? 0) > (mean[from + best] ?? 0)) best = step;
  }
  return best;
}
