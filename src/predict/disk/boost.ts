import type { Binned } from './bins.ts';
import { growTree } from './grow-tree.ts';
import type { Tree } from './tree.ts';

/** A disk's rows, one after the other, judged together: `isFailed` when the disk failed soon after all of them. */
export interface Bag {
  readonly start: number;
  readonly end: number;
  readonly isFailed: boolean;
}

export interface BoostOptions {
  readonly rounds: number;
  readonly leaves: number;
  readonly learningRate: number;
  readonly ridge: number;
  readonly leastHessian: number;
  /** Share of the features that each tree may use. */
  readonly featureShare: number;
  readonly random: () => number;
}

/**
 * Boosted trees for "does one of a disk's days say that it fails", learned by disk and not by day: a disk is alarmed by its worst day, so that
 * its score is the highest of its rows', and the logistic loss of that score moves the rows by how near they are to being the highest
 * (multiple-instance boosting: Viola, Platt and Zhang, NIPS 2005). A healthy disk with one bad day costs as much as one with a hundred.
 */
export function boostBags(binned: Binned, bags: readonly Bag[], options: BoostOptions): readonly Tree[] {
  const score = new Float64Array(binned.rows);
  const gradient = new Float64Array(binned.rows);
  const hessian = new Float64Array(binned.rows);
  const rows = Uint32Array.from(
    bags.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
  );
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    for (const bag of bags) spread(bag, score, gradient, hessian);
    const features = pickFeatures(binned.columns.length, options);
    const { tree, leafOf } = growTree(binned, rows, gradient, hessian, features, options);
    trees.push(tree);
    for (const leaf of leafOf) for (const row of leaf.rows) score[row] = (score[row] ?? 0) + leaf.value;
  }
  return trees;
}

/** Gives a bag's gradient to its rows by their softmax. */
function spread(bag: Bag, score: Float64Array, gradient: Float64Array, hessian: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = bag.start; i < bag.end; i += 1) highest = Math.max(highest, score[i] as number);
  let sum = 0;
  for (let i = bag.start; i < bag.end; i += 1) sum += Math.exp((score[i] as number) - highest);
  const p = 1 / (1 + Math.exp(-highest));
  const g = (p - (bag.isFailed ? 1 : 0)) / sum;
  const h = (p * (1 - p)) / sum;
  for (let i = bag.start; i < bag.end; i += 1) {
    const share = Math.exp((score[i] as number) - highest);
    gradient[i] = g * share;
    hessian[i] = h * share + 1e-6;
  }
}

function pickFeatures(count: number, { featureShare, random }: BoostOptions): readonly number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const picked = all.filter(() => random() < featureShare);
  return picked.length > 0 ? picked : all;
}
