import { type PerResource, type Resource, resources } from '../../core/resource.ts';
import type { PromisedRisk } from '../policy.ts';
import type { History } from './history.ts';
import type { OnStep } from './replay.ts';
import { stepsPerDay, wholeUp } from './rules.ts';

/**
 * What nobody can do: for each window of so many hours the least constant request that keeps the share of exceeded steps within the promise, known beforehand. The
 * bound for every policy that changes requests no more often.
 */
export function replayClairvoyant(history: History, objective: PromisedRisk, hours: number, onStep: OnStep): void {
  const { ids, times, stepSeconds, capacity } = history;
  const steps = Math.max(1, Math.floor((hours * 3600) / stepSeconds));
  const requests = { cpu: capacity.cpu.slice(), memory: capacity.memory.slice() };
  const changed = new Uint8Array(ids.length);
  const risks: PerResource<number> = {
    cpu: objective.cpuExceeded,
    memory: objective.memoryExceededPerDay / stepsPerDay(stepSeconds),
  };
  for (let from = 0; from < times.length; from += steps) {
    const to = Math.min(from + steps, times.length);
    for (const resource of resources) {
      for (let i = 0; i < ids.length; i += 1) {
        const least = leastRequest(history, resource, i, from, to, risks[resource]);
        if (least !== requests[resource][i]) changed[i] = 1;
        requests[resource][i] = least;
      }
    }
    for (let step = from; step < to; step += 1) {
      onStep(step, requests, changed, requests);
      changed.fill(0);
    }
  }
}

/** Steps without a sample count as steps that need nothing. */
function leastRequest(
  { usage, ids }: History,
  resource: Resource,
  i: number,
  from: number,
  to: number,
  risk: number,
): number {
  const use = new Float64Array(to - from);
  for (let step = from; step < to; step += 1) use[step - from] = usage[resource][step * ids.length + i] || 0;
  use.sort();
  return wholeUp(use[use.length - 1 - Math.trunc(risk * use.length)] ?? 0);
}
