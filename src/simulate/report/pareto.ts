/** What a policy costs and what it risks; less of both is better. */
export interface Trade {
  readonly cost: number;
  readonly risk: number;
}

/** Those that no other one beats in one and equals in the other, by rising cost. */
export function paretoFront<T extends Trade>(trades: readonly T[]): T[] {
  const sorted = [...trades].sort((a, b) => a.cost - b.cost || a.risk - b.risk);
  const front: T[] = [];
  for (const trade of sorted) {
    if (trade.risk < (front.at(-1)?.risk ?? Number.POSITIVE_INFINITY)) front.push(trade);
  }
  return front;
}
