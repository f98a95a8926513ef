import type { Failures } from './answer-bytes.ts';
import type { NodeTable } from './node-table.ts';
import type { PodLoad } from './pod-load.ts';
import type { Victims } from './preemption.ts';
import type { NamePlaces } from './request-bytes.ts';

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
  readonly outcome: RefusalOutcome;
  readonly places: readonly number[];
}

export const noneRefused: Refused = { outcome: 'kept', places: [], failed: new Map(), unresolvable: new Map() };

/** The nodes of a call that would certainly run out of memory. */
export function refuseNodes(table: NodeTable, places: NamePlaces, pod: PodLoad): Refused {
  table.learn(places.indices, places.count);
  const refused = refusedPlaces(table, places, pod);
  const outcome = outcomeOf(refused.length, places.count);
  if (outcome !== 'refused') return { ...noneRefused, outcome };
  const failures = failuresOf(table, places, refused, pod);
  return { outcome, places: refused.map(({ place }) => place), ...failures };
}

function refusedPlaces(table: NodeTable, places: NamePlaces, pod: PodLoad): readonly RefusedPlace[] {
  const refused: RefusedPlace[] = [];
  const now = memoryNow(pod, table.fromStep);
  for (let place = 0; place < places.count; place += 1) {
    const refusal = refusalOf(table, places.indices[place] ?? -1, now);
    if (refusal !== undefined) refused.push({ place, refusal });
  }
  return refused;
}

/** The candidates that would certainly run out of memory even without their victims. */
export function refusedCandidates(
  table: NodeTable,
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
    return refusalOf(table, table.indexOf(node), now, freed) !== undefined;
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

function refusalOf(table: NodeTable, node: number, pod: StepMemory, freed = 0): Refusal | undefined {
  const allocatable = node < 0 ? 0 : (table.allocatable.memory[node] ?? 0);
  if (allocatable <= 0) return undefined;
  const at = node * table.steps + table.fromStep;
  const { mean, variance } = table.load.memory;
  const own = Math.max(0, (mean[at] ?? 0) - freed);
  const excess = own + pod.mean - allocatable;
  if (excess <= 0) return undefined;
  if (pod.mean - allocatable > refusalSigmas * Math.sqrt(pod.variance)) return 'never';
  return excess > refusalSigmas * Math.sqrt((variance[at] ?? 0) + pod.variance) ? 'full-now' : undefined;
}

/** The reasons of an answer by node. Equal names are refused alike. */
function failuresOf(table: NodeTable, places: NamePlaces, refused: readonly RefusedPlace[], pod: PodLoad): Failures {
  const failures = { failed: new Map<string, string>(), unresolvable: new Map<string, string>() };
  const needs = `${Math.round(memoryNow(pod, table.fromStep).mean / 2 ** 20)}Mi`;
  for (const { place, refusal } of refused) {
    const name = table.names[places.indices[place] ?? -1] ?? '';
    failures[refusal === 'never' ? 'unresolvable' : 'failed'].set(name, reasons[refusal](needs));
  }
  return failures;
}

/** What `kubectl describe pod` shows behind the number of nodes: no numbers of single nodes, so that the scheduler counts equal reasons. */
const reasons: Readonly<Record<Refusal, (needs: string) => string>> = {
  'full-now': (needs) => `barograph: forecast memory with this pod's ${needs} exceeds what the node can allocate`,
  never: (needs) => `barograph: this pod's forecast memory of ${needs} exceeds all that the node can allocate`,
};
