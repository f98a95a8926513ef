import type { ClaimClassView, StorageCapacityView } from '../../cluster/claim-view.ts';
import { matchesNode } from '../../cluster/node-terms.ts';
import type { StorageClassView } from '../../cluster/storage-view.ts';
import type { NodeView } from '../../cluster/view.ts';
import type { Promised } from '../../storage/score/refuse-pool.ts';
import { shownBytes } from '../../storage/score/words.ts';

/** Nodes that pods can be put on, of those that a class may be used on. */
export function nodesFor(view: StorageClassView, nodes: Iterable<NodeView>): NodeView[] {
  const { allowedNodes } = view;
  const usable = [...nodes].filter(({ ready, schedulable }) => ready && schedulable);
  return allowedNodes === undefined ? usable : usable.filter((node) => matchesNode(allowedNodes, node));
}

export type CapacityVerdict =
  | { readonly kind: 'fits'; readonly share: number; readonly segments: number; readonly text: string }
  /** The driver publishes nothing. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly text: string };

/** Whether the driver of a class says that a volume can be made where one of the nodes reaches it. */
export function capacityFor(
  view: StorageClassView,
  bytes: number,
  { classes, nodes, promised }: { classes: ClaimClassView; nodes: readonly NodeView[]; promised: Promised },
): CapacityVerdict {
  const all = classes.capacities(view.name);
  if (all.length === 0) return { kind: 'unknown' };
  const reached = all.filter(
    ({ nodes: terms }) => terms !== undefined && nodes.some((node) => matchesNode(terms, node)),
  );
  const fitting = reached.filter((one) => roomIn(one, promised, all.length) >= bytes);
  const free = reached.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const most = Math.max(0, ...reached.map((one) => roomIn(one, promised, all.length)));
  if (fitting.length === 0) {
    const text = `its driver has room for ${shownBytes(most)} in one place, ${shownBytes(bytes)} are asked for`;
    return { kind: 'refused', text };
  }
  const text = `${shownBytes(free)} are free in ${reached.length} places, ${fitting.length} of them have room for it`;
  return { kind: 'fits', share: Math.max(0, 1 - bytes / most), segments: fitting.length, text };
}

/** What was promised a moment ago lies somewhere among the places: each bears its part. */
function roomIn({ capacityBytes, largestBytes }: StorageCapacityView, promised: Promised, places: number): number {
  return Math.min(capacityBytes - promised.bytes / places, largestBytes ?? Number.POSITIVE_INFINITY);
}
