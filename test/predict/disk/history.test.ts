import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damageCounters, placeOfCounter } from '../../../src/core/disk.ts';
import { featureCount, featureNames, withoutCounter, writeFeatures } from '../../../src/predict/disk/features.ts';
import { DiskHistory } from '../../../src/predict/disk/history.ts';

const place = placeOfCounter;

function counters(values: Readonly<Record<number, number>>): Float64Array {
  return Float64Array.from(damageCounters, (id) => values[id] ?? Number.NaN);
}

function featuresOf(history: DiskHistory): Record<string, number> {
  const features = new Float64Array(featureCount);
  writeFeatures(history, features);
  return Object.fromEntries(featureNames.map((name, i) => [name, features[i] ?? Number.NaN]));
}

describe('the history of a disk', () => {
  test('counts growth over days, not over rows', () => {
    const history = new DiskHistory();
    for (const [day, sectors] of [
      [0, 0],
      [10, 4],
      [12, 4],
      [35, 5],
      [50, 9],
    ] as const)
      history.update(day, counters({ 5: sectors }));
    expect(history.growth(place(5), 1)).toEqual({ times: 1, amount: 4 });
    expect(history.growth(place(5), 30)).toEqual({ times: 2, amount: 5 });
    expect(history.growth(place(5), 90)).toEqual({ times: 3, amount: 9 });
    history.update(200, counters({ 5: 9 }));
    expect(history.hasGrown).toBe(false);
  });

  test('remembers the highest value of a counter that went back', () => {
    const history = new DiskHistory();
    history.update(0, counters({ 197: 16 }));
    history.update(1, counters({ 197: 0 }));
    expect(featuresOf(history)).toMatchObject({
      smart_197: 0,
      'smart_197 highest': 16,
      'smart_197 grew in 30 days': 0,
      'graded sum': 0,
    });
  });

  test('carries a value over days on which it was not reported', () => {
    const history = new DiskHistory();
    history.update(0, counters({ 5: 3 }));
    history.update(1, counters({}));
    history.update(2, counters({ 5: 5 }));
    expect(featuresOf(history)).toMatchObject({ smart_5: 5, smart_187: Number.NaN, 'smart_5 grew in 30 days': 1 });
  });

  test('says when nothing can have changed', () => {
    const history = new DiskHistory();
    history.update(0, counters({ 5: 0 }));
    expect(history.isChanged).toBe(true);
    history.update(1, counters({ 5: 0 }));
    expect(history.isChanged).toBe(false);
    history.update(2, counters({ 5: 1 }));
    expect(history.isChanged).toBe(true);
    // The growth of yesterday grows old.
    history.update(3, counters({ 5: 1 }));
    expect(history.isChanged).toBe(true);
  });

  test('gives features that are each as before, or worse, when a counter is higher', () => {
    const values = fc.array(fc.nat(100), { minLength: damageCounters.length, maxLength: damageCounters.length });
    fc.assert(
      fc.property(values, fc.nat(damageCounters.length - 1), fc.nat(50), (of, at, more) => {
        const featuresFor = (extra: number): Float64Array => {
          const history = new DiskHistory();
          const features = new Float64Array(featureCount);
          history.update(0, new Float64Array(damageCounters.length));
          history.update(
            1,
            Float64Array.from(of, (value, i) => value + (i === at ? extra : 0)),
          );
          writeFeatures(history, features);
          return features;
        };
        const [less, worse] = [featuresFor(0), featuresFor(more)];
        for (const [i, value] of less.entries()) expect(worse[i]).toBeGreaterThanOrEqual(value);
      }),
    );
  });
});

test('a disk without a counter has the sums of the others', () => {
  const history = new DiskHistory();
  history.update(0, counters({ 5: 10, 197: 2 }));
  const features = new Float64Array(featureCount);
  writeFeatures(history, features);
  const named = (of: Float64Array) => Object.fromEntries(featureNames.map((name, i) => [name, of[i]]));
  expect(named(withoutCounter(features, place(5)))).toMatchObject({
    smart_5: 0,
    smart_197: 2,
    'graded sum': Math.log1p(2),
    'counters above zero': 1,
    pending: 2,
  });
});
