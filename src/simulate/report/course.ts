import type { PerResource, Resource } from '../../core/resource.ts';
import type { History } from '../replay/history.ts';
import type { Outcome } from '../replay/outcome.ts';

/** Requests of one container over the steps of a history, as they were in force. */
export function requestsOf(history: History, { changes }: Outcome, container: number): PerResource<Float64Array> {
  const steps = history.times.length;
  const requests = { cpu: new Float64Array(steps), memory: new Float64Array(steps) };
  let [cpu, memory] = [history.capacity.cpu[container] ?? 0, history.capacity.memory[container] ?? 0];
  let filled = 0;
  const fillTo = (step: number): void => {
    requests.cpu.fill(cpu, filled, step);
    requests.memory.fill(memory, filled, step);
    filled = step;
  };
  for (let at = 0; at < changes.length; at += 4) {
    if (changes[at + 1] !== container) continue;
    // A change is made at a step's end.
    fillTo((changes[at] ?? 0) + 1);
    [cpu, memory] = [changes[at + 2] ?? 0, changes[at + 3] ?? 0];
  }
  fillTo(steps);
  return requests;
}

/** What one container used; NaN without a sample. */
export function usageOf({ usage, ids, times }: History, resource: Resource, container: number): Float64Array {
  return Float64Array.from(times, (_, step) => usage[resource][step * ids.length + container] ?? Number.NaN);
}

/** The highest of each of so many equal stretches; NaN where nothing was measured. */
export function highestOf(values: Float64Array, stretches: number): Float64Array {
  const highest = new Float64Array(stretches).fill(Number.NaN);
  for (const [i, value] of values.entries()) {
    const at = Math.min(stretches - 1, Math.floor((i * stretches) / values.length));
    if (!Number.isNaN(value) && !((highest[at] ?? Number.NaN) >= value)) highest[at] = value;
  }
  return highest;
}
