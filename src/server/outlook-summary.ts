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
  for (let from = 0; from + steps <= mean.length; from += steps) {
    for (let step = 0; step < steps; step += 1) sums[step] = (sums[step] ?? 0) + (mean[from + step] ?? 0);
  }
  return [...sums];
}

/** One pass that keeps the highest so far: at 100,000 nodes sorting all of them would hold up admissions for half a second. */
function busiest({ nodes, steps, horizonStartSeconds, stepSeconds }: Outlook, resource: Resource): BusyNode[] {
  const mean = nodes.mean[resource];
  const found: BusyNode[] = [];
  for (let row = 0; row < nodes.names.length; row += 1) {
    const step = peakStep(mean, row * steps, steps);
    const peak = mean[row * steps + step] ?? 0;
    const isFull = found.length === busiestNodes;
    if (isFull && peak <= (found.at(-1)?.peak ?? 0)) continue;
    if (isFull) found.pop();
    // Behind those that are as busy: they came first.
    const place = found.findIndex((other) => other.peak < peak);
    const node = { node: nodes.names[row] ?? '', peak, peakSeconds: horizonStartSeconds + step * stepSeconds };
    found.splice(place === -1 ? found.length : place, 0, node);
  }
  return found;
}

function peakStep(mean: Float32Array, from: number, steps: number): number {
  let best = 0;
  let highest = mean[from] ?? 0;
  for (let step = 1; step < steps; step += 1) {
    const value = mean[from + step] ?? 0;
    if (value > highest) {
      highest = value;
      best = step;
    }
  }
  return best;
}
