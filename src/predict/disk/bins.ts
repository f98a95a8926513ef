/** Rows of features cut into few bins, one column per feature. Bin 0 is NaN, bin b > 0 holds values in (edges[b-2], edges[b-1]]. */
export interface Binned {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
  readonly edges: readonly Float64Array[];
}

const mostBins = 64;

/** Cuts columns at quantiles of their distinct rows' values: rare high values keep bins of their own, as half the bins go to them. */
export function binColumns(columns: readonly Float32Array[]): Binned {
  const edges = columns.map(edgesOf);
  return {
    rows: columns[0]?.length ?? 0,
    edges,
    columns: columns.map((values, f) =>
      Uint8Array.from(values, (value) => binOf(value, edges[f] ?? new Float64Array())),
    ),
  };
}

export function binOf(value: number, edges: Float64Array): number {
  if (Number.isNaN(value)) return 0;
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > (edges[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** Edges between distinct values: those that split the values above zero evenly, and zero itself. */
function edgesOf(values: Float32Array): Float64Array {
  const sorted = values.filter((value) => value > 0).sort();
  const edges = new Set<number>();
  if (values.some((value) => value <= 0)) edges.add(0);
  for (let i = 1; i < mostBins - 1; i += 1) {
    const at = Math.floor((i * sorted.length) / (mostBins - 1));
    const value = sorted[at];
    if (value !== undefined) edges.add(value);
  }
  const top = sorted.at(-1);
  if (top !== undefined) edges.delete(top);
  return Float64Array.from(edges).sort();
}
