import type { Failures } from './answer-bytes.ts';
import type { Call } from './calls.ts';
import type { DiskVerdicts } from './disk-health.ts';
import type { DiskVerdict } from './disk-health-verdict.ts';
import type { Refused } from './refuse.ts';

/** Whether nodes can be refused for a disk: a forecast can be wrong for all of them, a disk that says that it fails is not. */
type Hardness = 'hard' | 'soft';

interface DiskPlace {
  readonly place: number;
  readonly name: string;
  readonly hardness: Hardness;
}

/**
 * Leaves out the nodes whose disks would lose what the pod writes. Where no node would be left, those that a forecast alone speaks against stay; nodes
 * whose disk itself says that it fails stay out even then. What was refused for memory goes on where nodes are left.
 */
export function withDiskRefusals(refused: Refused, verdicts: DiskVerdicts, call: Call): Refused {
  const { count } = call.places;
  const all = diskPlaces(verdicts, call);
  const left = all.length === count ? all.filter(({ hardness }) => hardness === 'hard') : all;
  const isSpared = left.length < all.length;
  if (left.length === 0) return isSpared ? { ...refused, outcome: 'disk-all-refused' } : refused;
  const forDisks = new Map(left.map((one) => [one.place, one]));
  const forMemory = refused.places.filter((place) => !forDisks.has(place));
  const keepsMemory = forMemory.length + left.length < count;
  const places = [...forDisks.keys(), ...(keepsMemory ? forMemory : [])].sort((one, other) => one - other);
  return { outcome: 'disk-refused', places, ...failuresOf(left, keepsMemory ? refused : undefined) };
}

/** Takes from the scores of nodes what their disks cost them; what is to be said of them, by node. */
export function lowerScores(verdicts: DiskVerdicts, call: Call, score: Uint8Array): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  for (const { place, name, verdict } of placesOf(verdicts, call)) {
    const before = score[place] ?? 0;
    score[place] = Math.floor(before * verdict.keptShare);
    notes.set(name, `${verdict.words}, and this pod's data would be on it: ${score[place]} in place of ${before}`);
  }
  return notes;
}

function diskPlaces(verdicts: DiskVerdicts, call: Call): readonly DiskPlace[] {
  return placesOf(verdicts, call).flatMap(({ place, name, verdict }) => {
    const hardness = hardnessOf[verdict.danger];
    return hardness === undefined ? [] : [{ place, name, hardness }];
  });
}

const hardnessOf: Readonly<Record<DiskVerdict['danger'], Hardness | undefined>> = {
  failing: 'hard',
  likely: 'soft',
  uncertain: undefined,
  raised: undefined,
};

function failuresOf(left: readonly DiskPlace[], memory: Failures | undefined): Failures {
  // The end of other pods makes no disk better.
  const unresolvable = new Map(memory?.unresolvable);
  const failed = new Map(memory?.failed);
  for (const { name, hardness } of left) {
    failed.delete(name);
    unresolvable.set(name, reasons[hardness]);
  }
  return { failed, unresolvable };
}

/** What `kubectl describe pod` shows behind the number of nodes: nothing of single nodes, so that the scheduler counts equal reasons. */
const reasons: Readonly<Record<Hardness, string>> = {
  hard: "barograph: a disk that this pod's data would be on says that it fails",
  soft: "barograph: a disk that this pod's data would be on will probably fail within 14 days",
};

function placesOf(
  verdicts: DiskVerdicts,
  call: Call,
): { readonly place: number; readonly name: string; readonly verdict: DiskVerdict }[] {
  const found: { place: number; name: string; verdict: DiskVerdict }[] = [];
  const nameAt = nameIn(call);
  for (let place = 0; place < call.places.count; place += 1) {
    const name = nameAt(place);
    const verdict = verdicts.get(name);
    if (verdict !== undefined) found.push({ place, name, verdict });
  }
  return found;
}

/** Names in the bytes are plain ASCII. */
function nameIn(call: Call): (place: number) => string {
  if (call.kind === 'whole') return (place) => call.whole.names[place] ?? '';
  const { body, places } = call.bytes;
  return (place) => body.toString('latin1', places.starts[place] ?? 0, places.ends[place] ?? 0);
}
