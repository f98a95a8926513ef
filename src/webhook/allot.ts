/**
 * Shares out whole units in proportion to `amounts`, no more to any than its amount, and to all together exactly `total` (or all there is): sharing
 * out what was shared out before changes nothing.
 */
export function allot(amounts: readonly number[], total: number): readonly number[] {
  const sum = amounts.reduce((before, amount) => before + amount, 0);
  const wanted = Math.min(sum, Math.max(0, Math.floor(total)));
  const shares = amounts.map((amount) => (sum > 0 ? Math.min(amount, Math.floor(amount * (wanted / sum))) : 0));
  let left = wanted - shares.reduce((before, share) => before + share, 0);
  return shares.map((share, index) => {
    const more = Math.min(left, (amounts[index] ?? 0) - share);
    left -= more;
    return share + more;
  });
}
