import { gridTimes, noRepairs } from '../../src/collect/repair.ts';
import type { Source, UsageBatch } from '../../src/collect/source.ts';
import { BarographError } from '../../src/core/errors.ts';
import type { TimeRange } from '../../src/core/time-range.ts';
import type { ContainerKey } from '../../src/core/workload.ts';

export interface SyntheticPod {
  readonly key: ContainerKey;
  readonly pod: string;
  readonly node?: string;
  /** Millicores and bytes at the end of a step; NaN for no sample. */
  readonly cpu: (timeSeconds: number) => number;
  readonly memory: (timeSeconds: number) => number;
}

export interface SyntheticNode {
  readonly node: string;
  readonly cpu: (timeSeconds: number) => number;
  readonly memory: (timeSeconds: number) => number;
}

export function keyOf(name: string, container = 'app'): ContainerKey {
  return { namespace: 'shop', kind: 'Deployment', name, container };
}

/** Usage of pods and nodes in a range, by functions of time. */
export function usageOf(
  range: TimeRange,
  pods: readonly SyntheticPod[],
  nodes: readonly SyntheticNode[] = [],
): UsageBatch {
  const times = gridTimes(range);
  const column = (of: (timeSeconds: number) => number): Float64Array => times.map((time) => of(time));
  return {
    range,
    containers: pods.map(({ key, pod, node, cpu, memory }) => ({
      key,
      pod,
      node,
      times,
      cpuMillicores: column(cpu),
      memoryBytes: column(memory),
    })),
    nodes: nodes.map(({ node, cpu, memory }) => ({
      node,
      times,
      cpuMillicores: column(cpu),
      memoryBytes: column(memory),
    })),
    repairs: noRepairs(),
  };
}

/** A source in memory that can be down; it yields a day at a time, and nothing from after `newestSeconds()`. */
export class MemorySource implements Source {
  readonly kind = 'memory';
  readonly #pods: readonly SyntheticPod[];
  readonly #newestSeconds: () => number;
  isDown = false;
  /** Fails after so many batches of a read. */
  failAfterBatches = Number.POSITIVE_INFINITY;
  reads = 0;

  constructor(pods: readonly SyntheticPod[], newestSeconds: () => number) {
    this.#pods = pods;
    this.#newestSeconds = newestSeconds;
  }

  async *read(range: TimeRange): AsyncIterable<UsageBatch> {
    this.reads += 1;
    let batches = 0;
    const stretch = 288 * range.stepSeconds;
    for (let startSeconds = range.startSeconds; startSeconds < range.endSeconds; startSeconds += stretch) {
      if (this.isDown || batches >= this.failAfterBatches) throw new BarographError('SOURCE_UNAVAILABLE', 'it is down');
      const endSeconds = Math.min(range.endSeconds, startSeconds + stretch, this.#newestSeconds());
      if (endSeconds > startSeconds) yield usageOf({ ...range, startSeconds, endSeconds }, this.#pods);
      batches += 1;
    }
  }

  async close(): Promise<void> {}
}
