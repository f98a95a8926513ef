import type { Binned } from './bins.ts';
import { type BestSplit, bestSplit, type Histogram, histogramOf, type SplitRules, subtract } from './split.ts';
import type { Tree } from './tree.ts';

export interface GrowOptions extends SplitRules {
  readonly leaves: number;
  readonly learningRate: number;
}

interface Leaf {
  readonly rows: Uint32Array;
  readonly histogram: Histogram;
  readonly low: number;
  readonly high: number;
  readonly value: number;
  readonly split: BestSplit | undefined;
  /** Where the parent points to this leaf; undefined at the root. */
  readonly slot: { readonly node: number; readonly side: 'left' | 'right' } | undefined;
}

interface Growing {
  feature: number[];
  threshold: number[];
  nanRight: boolean[];
  left: number[];
  right: number[];
  leaves: number[];
}

/**
 * Grows one tree on gradients and hessians of rows (Newton steps, as in XGBoost), best split first. The tree never falls where a feature
 * rises: a split whose right value is lower is not made, and children keep to their side of the middle between both.
 */
export function growTree(
  binned: Binned,
  rows: Uint32Array,
  gradient: Float64Array,
  hessian: Float64Array,
  features: readonly number[],
  options: GrowOptions,
): { readonly tree: Tree; readonly leafOf: readonly { readonly rows: Uint32Array; readonly value: number }[] } {
  const histogram = (of: Uint32Array): Histogram => histogramOf(binned, of, gradient, hessian, features);
  const leafOf = (
    leafRows: Uint32Array,
    own: Histogram,
    bounds: { low: number; high: number },
    value: number,
    slot: Leaf['slot'],
  ): Leaf => ({
    rows: leafRows,
    histogram: own,
    ...bounds,
    value,
    split: bestSplit(own, features, binned, options, bounds),
    slot,
  });
  const root = histogram(rows);
  const unbounded = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const open: Leaf[] = [leafOf(rows, root, unbounded, 0, undefined)];
  const tree: Growing = { feature: [], threshold: [], nanRight: [], left: [], right: [], leaves: [] };
  while (open.length < options.leaves) {
    const at = widest(open);
    const leaf = open[at];
    const split = leaf?.split;
    if (leaf === undefined || split === undefined) break;
    const node = addNode(tree, leaf.slot, split);
    const [left, right] = divide(binned, leaf.rows, split);
    const [small, isLeftSmall] = left.length < right.length ? [left, true] : [right, false];
    const smallHistogram = histogram(small);
    const other = subtract(leaf.histogram, smallHistogram);
    const middle = (split.leftValue + split.rightValue) / 2;
    open.splice(
      at,
      1,
      leafOf(left, isLeftSmall ? smallHistogram : other, { low: leaf.low, high: middle }, split.leftValue, {
        node,
        side: 'left',
      }),
      leafOf(right, isLeftSmall ? other : smallHistogram, { low: middle, high: leaf.high }, split.rightValue, {
        node,
        side: 'right',
      }),
    );
  }
  const leafOfRows = open.map((leaf) => {
    const value = leaf.value * options.learningRate;
    if (leaf.slot !== undefined) tree[leaf.slot.side][leaf.slot.node] = ~tree.leaves.length;
    tree.leaves.push(value);
    return { rows: leaf.rows, value };
  });
  return { tree, leafOf: leafOfRows };
}

function widest(open: readonly Leaf[]): number {
  let best = 0;
  for (const [i, leaf] of open.entries()) {
    if ((leaf.split?.gain ?? 0) > (open[best]?.split?.gain ?? 0)) best = i;
  }
  return best;
}

function addNode(tree: Growing, slot: Leaf['slot'], split: BestSplit): number {
  const node = tree.feature.length;
  if (slot !== undefined) tree[slot.side][slot.node] = node;
  tree.feature.push(split.feature);
  tree.threshold.push(split.threshold);
  tree.nanRight.push(split.isNanRight);
  tree.left.push(~0);
  tree.right.push(~0);
  return node;
}

function divide(binned: Binned, rows: Uint32Array, split: BestSplit): readonly [Uint32Array, Uint32Array] {
  const column = binned.columns[split.feature] ?? new Uint8Array();
  const goesRight = (row: number): boolean => {
    const bin = column[row] ?? 0;
    return bin === 0 ? split.isNanRight : bin > split.bin;
  };
  return [rows.filter((row) => !goesRight(row)), rows.filter(goesRight)];
}
