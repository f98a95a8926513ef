/**
 * The value at rank ⌈share · count⌉ (at least 1) of the first `count` values; NaN of none. They are put into another order: Hoare's selection,
 * linear on average (CACM 4, 1961).
 */
export function nearestRank(values: Float64Array, count: number, share: number): number {
  if (count === 0) return Number.NaN;
  const rank = Math.max(Math.ceil(share * count) - 1, 0);
  let [low, high] = [0, count - 1];
  while (low < high) {
    const [left, right] = partition(values, low, high);
    if (rank <= left) high = left;
    else if (rank >= right) low = right;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

/** Puts smaller values to the left of the middle one, larger ones to the right; gives where the left ends and the right begins. */
function partition(values: Float64Array, low: number, high: number): readonly [left: number, right: number] {
  const pivot = values[(low + high) >>> 1] ?? 0;
  let [i, j] = [low, high];
  while (i <= j) {
    while ((values[i] ?? 0) < pivot) i += 1;
    while ((values[j] ?? 0) > pivot) j -= 1;
    if (i > j) break;
    const held = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = held;
    i += 1;
    j -= 1;
  }
  return [j, i];
}

/** The largest of the first `count` values; NaN of none. */
export function largest(values: Float64Array, count: number): number {
  let most = Number.NaN;
  for (let i = 0; i < count; i += 1) {
    const value = values[i] ?? 0;
    if (!(value <= most)) most = value;
  }
  return most;
}
