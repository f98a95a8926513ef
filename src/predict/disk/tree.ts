/**
 * A regression tree in arrays. Inner node i asks whether feature[i] > threshold[i]: right[i] if so, else left[i]; NaN goes where
 * nanRight[i] says. A child c >= 0 is an inner node, c < 0 the leaf ~c.
 */
export interface Tree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly nanRight: readonly boolean[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly leaves: readonly number[];
}

/** The sum of what trees say of features. */
export function sumOfTrees(trees: readonly Tree[], features: Float64Array): number {
  let sum = 0;
  for (const tree of trees) sum += leafOf(tree, features);
  return sum;
}

function leafOf(tree: Tree, features: Float64Array): number {
  let node = tree.feature.length === 0 ? ~0 : 0;
  while (node >= 0) {
    const value = features[tree.feature[node] ?? 0] ?? Number.NaN;
    const goesRight = Number.isNaN(value) ? tree.nanRight[node] : value > (tree.threshold[node] ?? 0);
    node = (goesRight ? tree.right[node] : tree.left[node]) ?? ~0;
  }
  return tree.leaves[~node] ?? 0;
}
