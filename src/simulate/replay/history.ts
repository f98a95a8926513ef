import { type PerResource, resources } from '../../core/resource.ts';

/** What containers used, step by step, as it is replayed. */
export interface History {
  readonly ids: readonly string[];
  readonly stepSeconds: number;
  /** Ends of the steps, unix seconds. */
  readonly times: Float64Array;
  /** `usage.cpu[step * ids.length + container]`: millicores (mean) and bytes (peak), NaN without a sample. In shared memory. */
  readonly usage: PerResource<Float64Array>;
  /** What each container requests before a policy acts. */
  readonly capacity: PerResource<Float64Array>;
  /** Whether `capacity` was found, or only taken for something to begin with. */
  readonly isCapacityKnown: boolean;
}

/** A matrix of steps × containers that threads can share. */
export function sharedMatrix(steps: number, containers: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * steps * containers)).fill(Number.NaN);
}

/** Only some of the containers: series never touch each other, so that their figures stay what they are. */
export function pickContainers(history: History, picked: readonly number[]): History {
  const [from, to, steps] = [history.ids.length, picked.length, history.times.length];
  const usage = { cpu: sharedMatrix(steps, to), memory: sharedMatrix(steps, to) };
  const capacity = { cpu: new Float64Array(to), memory: new Float64Array(to) };
  for (const resource of resources) {
    for (const [column, i] of picked.entries()) {
      capacity[resource][column] = history.capacity[resource][i] ?? 0;
      for (let step = 0; step < steps; step += 1) {
        usage[resource][step * to + column] = history.usage[resource][step * from + i] ?? Number.NaN;
      }
    }
  }
  return { ...history, ids: picked.map((i) => history.ids[i] ?? ''), usage, capacity };
}

/**
 * The same with memory at its highest of the last hours: memory once touched stays in use for a while. Where memory was measured as pages that were
 * active, this is closer to what a container's limit is compared with.
 */
export function holdMemory(history: History, hours: number): History {
  const { usage, ids, times, stepSeconds } = history;
  const window = Math.floor((hours * 3600) / stepSeconds);
  const memory = sharedMatrix(times.length, ids.length);
  for (let i = 0; i < memory.length; i += 1) {
    if (Number.isNaN(usage.memory[i] ?? Number.NaN)) continue;
    let most = 0;
    for (let back = 0; back < window && i - back * ids.length >= 0; back += 1) {
      const value = usage.memory[i - back * ids.length] ?? 0;
      if (value > most) most = value;
    }
    memory[i] = most;
  }
  return { ...history, usage: { cpu: usage.cpu, memory } };
}
