import type { FailureProbabilities } from './disk-model.ts';
import type { ReplacementDate } from './disk-outlook.ts';

const farthestDays = 730;

/**
 * When the chance of a failure since `today` reaches `risk`, for the best guess and for the most and the least worried one. After the 30th day the
 * mean hazard of the first 30 goes on: a disk without news stays what it is. Undefined when the best guess does not reach it in two years.
 */
export function replacementDate(
  today: number,
  risk: number,
  guess: FailureProbabilities,
  others: readonly FailureProbabilities[],
): ReplacementDate | undefined {
  const days = daysUntil(guess, risk);
  if (days > farthestDays) return undefined;
  const all = others.map((one) => Math.min(daysUntil(one, risk), farthestDays));
  return { day: today + days, from: today + Math.min(days, ...all), to: today + Math.max(days, ...all) };
}

/** Whole days until the cumulative hazard reaches that of the risk; the first at the earliest. */
function daysUntil({ p7, p14, p30 }: FailureProbabilities, risk: number): number {
  const wanted = hazard(risk);
  const points = [
    { day: 0, sum: 0 },
    { day: 7, sum: hazard(p7) },
    { day: 14, sum: hazard(p14) },
    { day: 30, sum: hazard(p30) },
  ];
  for (let i = 1; i < points.length; i += 1) {
    const [from, to] = [points[i - 1], points[i]];
    if (from === undefined || to === undefined || to.sum < wanted) continue;
    const share = to.sum > from.sum ? (wanted - from.sum) / (to.sum - from.sum) : 1;
    return Math.max(1, Math.floor(from.day + share * (to.day - from.day)));
  }
  const perDay = hazard(p30) / 30;
  return perDay > 0 ? Math.floor(wanted / perDay) : Number.POSITIVE_INFINITY;
}

function hazard(probability: number): number {
  return -Math.log1p(-Math.min(probability, 1 - 1e-9));
}
