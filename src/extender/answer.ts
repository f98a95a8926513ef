import type { Fields } from '../cluster/fields.ts';
import { type Failures, failureFields } from './answer-bytes.ts';
import type { NodeCall } from './request.ts';

/** The HostPriorityList of a call of any shape. */
export function priorityAnswer({ names }: NodeCall, score: Uint8Array): Buffer {
  return Buffer.from(JSON.stringify(names.map((name, place) => ({ Host: name, Score: score[place] ?? 0 }))));
}

/** The ExtenderFilterResult in the shape of the call: names for names, a list of nodes for a list. `refused` holds places. */
export function filterAnswer(call: NodeCall, refused: readonly number[], failures: Failures): Buffer {
  const left = new Set(refused);
  const kept = <T>(items: readonly T[]): T[] => items.filter((_, place) => !left.has(place));
  const nodes =
    call.list === undefined
      ? `"NodeNames":${JSON.stringify(kept(call.names))}`
      : `"Nodes":${JSON.stringify(withItems(call.list.fields, kept(call.list.items)))}`;
  return Buffer.from(`{${nodes},${failureFields(failures)}`);
}

function withItems(list: Fields, items: readonly unknown[]): Fields {
  const rest = Object.entries(list).filter(([key]) => key.toLowerCase() !== 'items');
  return { ...Object.fromEntries(rest), items };
}
