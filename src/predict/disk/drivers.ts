import { damageCounters } from '../../core/disk.ts';
import { counterWords } from './counter-words.ts';
import { featureCount, withoutCounter, writeFeatures } from './features.ts';
import type { DiskHistory } from './history.ts';

/** Less than this factor on the odds is not worth a word. */
const leastFactor = 1.2;

/**
 * What raises a disk's odds of failing: for each counter above zero the odds are compared with those of the same disk without it. Counters that
 * say the same thing share what they cause, so that the factors need not multiply to the whole.
 */
export function driversOf(history: DiskHistory, oddsOf: (features: Float64Array) => number): readonly string[] {
  const features = new Float64Array(featureCount);
  writeFeatures(history, features);
  const odds = oddsOf(features);
  return damageCounters
    .flatMap((id, i) => {
      const highest = history.highest[i] ?? Number.NaN;
      if (!(highest > 0)) return [];
      const factor = odds / oddsOf(withoutCounter(features, i));
      return factor >= leastFactor ? [{ factor, text: `${wordsOf(id, i, history)} (odds × ${shown(factor)})` }] : [];
    })
    .toSorted((a, b) => b.factor - a.factor)
    .map(({ text }) => text);
}

function wordsOf(id: (typeof damageCounters)[number], i: number, history: DiskHistory): string {
  const value = history.last[i] ?? 0;
  const [one, many] = counterWords[id];
  const now = value > 0 ? `${value} ${value === 1 ? one : many}` : `once ${history.highest[i] ?? 0} ${many}, now none`;
  const { times, amount } = history.growth(i, 30);
  return times === 0 ? now : `${now}, ${amount} of them within 30 days`;
}

function shown(factor: number): string {
  return factor >= 10 ? factor.toFixed(0) : factor.toFixed(1);
}
