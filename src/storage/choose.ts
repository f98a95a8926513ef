/** Something to choose from: how good it is, and how much was put there a moment ago. */
export interface Choice {
  readonly key: string;
  /** 0–10. */
  readonly score: number;
  readonly recentClaims: number;
  /** How much it can carry, relative to the others: its OSDs. */
  readonly size: number;
}

/** As good as the best are those whose score is within this. */
const band = 1;
const perClaim = 0.05;
const mostForClaims = 4;

/**
 * The best, or one of those that are as good: of two that `random` draws the one with less put there a moment ago for its size, the better one where that is the
 * same (the power of two choices: many claims at once spread, though each sees the same readings). undefined of none.
 */
export function choose<T extends Choice>(choices: readonly T[], random: () => number): T | undefined {
  const adjusted = choices.map((choice) => ({ choice, score: choice.score - penalty(choice) }));
  const best = Math.max(...adjusted.map(({ score }) => score));
  const near = adjusted
    .filter(({ score }) => score >= best - band)
    .toSorted((one, other) => (one.choice.key < other.choice.key ? -1 : 1));
  const first = near[Math.floor(random() * near.length)];
  const others = near.filter((one) => one !== first);
  const second = others[Math.floor(random() * others.length)];
  if (first === undefined || second === undefined) return first?.choice;
  const load = ({ choice }: { choice: T }): number => choice.recentClaims / Math.max(1, choice.size);
  const difference = load(first) - load(second);
  if (difference !== 0) return difference < 0 ? first.choice : second.choice;
  if (first.score !== second.score) return first.score > second.score ? first.choice : second.choice;
  return first.choice.key < second.choice.key ? first.choice : second.choice;
}

function penalty({ recentClaims, size }: Choice): number {
  return Math.min(mostForClaims, (perClaim * recentClaims) / Math.max(1, size));
}
