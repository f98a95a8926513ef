import type { Failures } from './answer-bytes.ts';
import type { LoadTable } from './load-table.ts';
import type { NamePlaces } from './name-places.ts';
import type { PodLoad } from './pod-load.ts';
import type { Victims } from './preemption.ts';

/**
 * A node is refused when its memory forecast for this very step with the pod's exceeds all that it can allocate by this many standard deviations: it
 * would run out of memory with a probability of 99.9 %. The target plays no part here, nor does CPU: lacking it slows pods and ends none.
 */
export const refusalSigmas = 3.09;

/** 'full-now' where the end of other pods could help, 'never' where the pod alone needs more than the node has. */
export type Refusal = 'full-now' | 'never';

/** What filter and preempt come to. */
export type RefusalOutcome = 'kept' | 'refused' | 'all-refused';

/** Refusing every node would make the pod unschedulable though nodes outside the sample may fit: then none is refused. */
export function outcomeOf(refused: number, asked: number): RefusalOutcome {
  if (refused === 0) return 'kept';
  return refused === asked ? 'all-refused' : 'refused';
}

/** A refused node by its place in the call. */
interface RefusedPlace {
  readonly place: number;
  readonly refusal: Refusal;
}

/** Which nodes of a call to leave out, by their places, and why. */
export interface Refused extends Failures {
  readonly outcome: RefusalOutcome | 'disk-refused' | 'disk-all-refused';
  readonly places: readonly number[];
}

export const noneRefused: Refused = { outcome: 'kept', places: [], failed: new Map(), unresolvable: new Map() };

/** The nodes of a call that would certainly run out of memory. */
export function refuseNodes(table: LoadTable, places: NamePlaces, pod: PodLoad): Refused {
  const refused = refusedPlaces(table, places, pod);
  const outcome = outcomeOf(refused.length, places.count);
  if (outcome !== 'refused') return { ...noneRefused, outcome };
  const failures = failuresOf(table, places, refused, pod);
  return { outcome, places: refused.map(({ place }) => place), ...failures };
}

function refusedPlaces(table: LoadTable, places: NamePlaces, pod: PodLoad): readonly RefusedPlace[] {
  const refused = new Map<number, Refusal>();
  const now = memoryNow(pod, table.fromStep);
  table.lock.read(places.indices, places.count, (from, to) => {
    for (let place = from; place < to; place += 1) {
      const refusal = refusalOf(table, places.indices[place] ?? -1, now);
      if (refusal !== undefined) refused.set(place, refusal);
      else if (refused.size > 0) refused.delete(place);
    }
  });
  return [...refused].map(([place, refusal]) => ({ place, refusal })).sort((one, other) => one.place - other.place);
}

/** Whether no node of the table could be refused for a pod, so that its calls need no look at their names. */
export function refusesNone(table: LoadTable, pod: PodLoad): boolean {
  return memoryNow(pod, table.fromStep).mean <= (table.least[0] ?? 0);
}

/** The least memory that a pod must be forecast to need for a node to refuse it; its own variance only raises that. */
export function leastRefused(
  table: Pick<LoadTable, 'allocatable' | 'pairs' | 'steps' | 'fromStep'>,
  node: number,
): number {
  const allocatable = table.allocatable.memory[node] ?? 0;
  if (allocatable <= 0) return Number.POSITIVE_INFINITY;
  const at = 2 * (node * table.steps + table.fromStep);
  const { memory } = table.pairs;
  return Math.min(allocatable, allocatable - (memory[at] ?? 0) + refusalSigmas * Math.sqrt(memory[at + 1] ?? 0));
}

/** The candidates that would certainly run out of memory even without their victims. */
export function refusedCandidates(
  table: LoadTable,
  candidates: readonly Victims[],
  pod: PodLoad,
  loadOf: (uid: string) => PodLoad | undefined,
): ReadonlySet<Victims> {
  const now = memoryNow(pod, table.fromStep);
  const refused = candidates.filter(({ node, uids }) => {
    const loads = uids.map(loadOf);
    // A victim of which nothing is known may free any amount.
    if (loads.includes(undefined)) return false;
    const freed = loads.reduce((sum, load) => sum + (load?.memory.mean[table.fromStep] ?? 0), 0);
    return refusalOf(table, table.index.indexOf(node), now, freed) !== undefined;
  });
  return new Set(refused);
}

interface StepMemory {
  readonly mean: number;
  readonly variance: number;
}

function memoryNow(pod: PodLoad, step: number): StepMemory {
  return { mean: pod.memory.mean[step] ?? 0, variance: pod.memory.variance[step] ?? 0 };
}

function refusalOf(table: LoadTable, node: number, pod: StepMemory, freed = 0): Refusal | undefined {
  const allocatable = node < 0 ? 0 : (table.allocatable.memory[node] ?? 0);
  if (allocatable <= 0) return undefined;
  const at = 2 * (node * table.steps + table.fromStep);
  const { memory } = table.pairs;
  const own = Math.max(0, (memory[at] ?? 0) - freed);
  const excess = own + pod.mean - allocatable;
  if (excess <= 0) return undefined;
  if (pod.mean - allocatable > refusalSigmas * Math.sqrt(pod.variance)) return 'never';
  return excess > refusalSigmas * Math.sqrt((memory[at + 1] ?? 0) + pod.variance) ? 'full-now' : undefined;
}

/** The reasons of an answer by node. Equal names are refused alike. */
function failuresOf(table: LoadTable, places: NamePlaces, refused: readonly RefusedPlace[], pod: PodLoad): Failures {
  const failures = { failed: new Map<string, string>(), unresolvable: new Map<string, string>() };
  const needs = `${Math.round(memoryNow(pod, table.fromStep).mean / 2 ** 20)}Mi`;
  for (const { place, refusal } of refused) {
    const name = table.index.nameAt(places.indices[place] ?? -1);
    failures[refusal === 'never' ? 'unresolvable' : 'failed'].set(name, reasons[refusal](needs));
  }
  return failures;
}

/** What `kubectl describe pod` shows behind the number of nodes: no numbers of single nodes, so that the scheduler counts equal reasons. */
const reasons: Readonly<Record<Refusal, (needs: string) => string>> = {
  'full-now': (needs) => `barograph: forecast memory with this pod's ${needs} exceeds what the node can allocate`,
  never: (needs) => `barograph: this pod's forecast memory of ${needs} exceeds all that the node can allocate`,
};
