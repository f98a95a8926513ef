import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecayingHistogram } from '../../src/predict/decaying-histogram.ts';
import { bucketCount, bucketStart, Histogram } from '../../src/predict/histogram.ts';

interface State {
  readonly isEmpty: boolean;
  readonly totalWeight: number;
  readonly reference: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly percentiles: readonly number[];
}

interface Scenario {
  readonly title: string;
  readonly firstBucket: number;
  readonly ratio: number;
  readonly maxValue: number;
  readonly epsilon: number;
  readonly halfLifeSeconds: number;
  readonly buckets: number;
  readonly histograms: number;
  readonly operations: readonly {
    readonly kind: 'add' | 'subtract' | 'merge';
    readonly into: number;
    readonly from?: number;
    readonly value?: number;
    readonly weight?: number;
    readonly time?: number;
    readonly state?: State;
  }[];
}

const shares = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const scenarios = JSON.parse(
  readFileSync(new URL('./fixtures/histogram.json', import.meta.url), 'utf8'),
) as readonly Scenario[];

describe('the decaying histogram is the VPA’s to the bucket', () => {
  test.each(scenarios)('$title', (scenario) => {
    expect(bucketCount(scenario)).toBe(scenario.buckets);
    const held = Array.from(
      { length: scenario.histograms },
      () => new DecayingHistogram(scenario, scenario.halfLifeSeconds),
    );
    let compared = 0;
    for (const operation of scenario.operations) {
      const into = at(held, operation.into);
      const { value = 0, weight = 0, time = 0 } = operation;
      if (operation.kind === 'merge') into.merge(at(held, operation.from ?? 0));
      else into[operation.kind](value, weight, time);
      if (operation.state === undefined) continue;
      expectState(into, operation.state);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(15);
  });
});

describe('the decaying histogram', () => {
  const buckets = { firstBucket: 1, ratio: 1.05, maxValue: 1e6, epsilon: 1e-4 };

  test('comes back from its state the same, and learns on the same', () => {
    const samples = fc.array(fc.tuple(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.integer({ min: 0, max: 1e7 })));
    fc.assert(
      fc.property(samples, samples, (before, after) => {
        const first = new DecayingHistogram(buckets, 86_400);
        for (const [value, time] of before) first.add(value, 1, time);
        const second = new DecayingHistogram(buckets, 86_400);
        second.load(first.save());
        for (const histogram of [first, second]) for (const [value, time] of after) histogram.add(value, 1, time);
        expect(second.save()).toEqual(first.save());
        expect(second.isEmpty).toBe(first.isEmpty);
        for (const share of shares) expect(second.percentile(share)).toBe(first.percentile(share));
      }),
    );
  });

  test('refuses a state of other buckets', () => {
    const wide = new Histogram({ ...buckets, maxValue: 1e9 });
    wide.add(1e9, 1);
    const narrow = new Histogram(buckets);
    expect(() => narrow.load(Float64Array.from(wide.save()))).toThrow(
      expect.objectContaining({ code: 'OUTLOOK_INVALID' }),
    );
    expect(narrow.isEmpty).toBe(true);
  });

  test('a bucket’s start belongs to the bucket, within rounding', () => {
    const histogram = new Histogram(buckets);
    for (let bucket = 1; bucket < bucketCount(buckets); bucket += 1) {
      const start = bucketStart(buckets, bucket);
      expect(histogram.bucketOf(start * (1 + 1e-9))).toBe(bucket);
      expect(histogram.bucketOf(start * (1 - 1e-9))).toBe(bucket - 1);
    }
  });

  test('several percentiles in one pass are those found one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 2e6, noNaN: true }), { minLength: 1 }), (values) => {
        const histogram = new Histogram(buckets);
        for (const value of values) histogram.add(value, 1);
        expect([...histogram.percentiles(Float64Array.from(shares))]).toEqual(
          shares.map((share) => histogram.percentile(share)),
        );
      }),
    );
  });

  test('stores only the stretch of buckets that is used', () => {
    const histogram = new Histogram(buckets);
    for (let i = 0; i < 1000; i += 1) histogram.add(200 + (i % 100), 1);
    expect(histogram.weights.bytes).toBeLessThan(8 * 30);
    histogram.add(0, 1);
    histogram.add(1e12, 1);
    expect(histogram.percentile(0)).toBe(1);
    expect(histogram.percentile(1)).toBe(bucketStart(buckets, bucketCount(buckets) - 1));
  });
});

function expectState(histogram: DecayingHistogram, state: State): void {
  expect(histogram.isEmpty).toBe(state.isEmpty);
  expect(histogram.referenceSeconds).toBe(state.reference);
  expectClose(histogram.histogram.totalWeight, state.totalWeight);
  for (let bucket = 0; bucket < histogram.histogram.weights.count; bucket += 1) {
    expectClose(histogram.histogram.weights.get(bucket), state.weights[bucket] ?? 0);
  }
  for (const [i, share] of shares.entries())
    expectClose(histogram.percentile(share), state.percentiles[i] ?? -1, 1e-12);
}

/** Go and V8 differ in the last digits of powers and logarithms; what is compared is within 1e-9, values within 1e-12. */
function expectClose(received: number, expected: number, tolerance = 1e-9): void {
  if (Math.abs(received - expected) <= tolerance * Math.max(Math.abs(expected), Number.MIN_VALUE)) return;
  expect(received).toBe(expected);
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
