import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cheapest, costsOf } from '../../../src/predict/sizing/choice.ts';
import { curveOf } from '../../../src/predict/sizing/curve.ts';
import { FleetPrice } from '../../../src/predict/sizing/fleet-price.ts';
import { Foreseen } from '../../../src/predict/sizing/foreseen.ts';
import { KeptRecord } from '../../../src/predict/sizing/kept-record.ts';
import { ValueGrid } from '../../../src/predict/sizing/value-grid.ts';

const grid = new ValueGrid(1, 1.05, 1e6);
const open = { deficit: 0, mostRisk: 1, leastRisk: 0, regretWeight: 1 };

/** Equally likely 100 and 1,000, nothing beyond. */
function coin(): Float64Array {
  const weights = new Float64Array(grid.count);
  for (const value of [100, 1000]) weights[grid.bucketOf(value)] = 1;
  return curveOf(weights, 2, grid.ratio, { share: 0, power: 4 });
}

describe('a grid of values', () => {
  test('a value lies above the end of the bucket before its own, and at most at its end', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.01, max: 9e5, noNaN: true }), (value) => {
        const bucket = grid.bucketOf(value);
        expect(grid.ends[bucket]).toBeGreaterThanOrEqual(value * (1 - 1e-6));
        expect(grid.ends[bucket - 1] ?? 0).toBeLessThan(value * (1 + 1e-6));
      }),
    );
  });

  test('a request at the end of a bucket holds it', () => {
    for (const bucket of [0, 1, 50, grid.count - 1]) expect(grid.bucketUnder(grid.ends[bucket] ?? 0)).toBe(bucket);
  });
});

describe('the tail of a curve', () => {
  test('twice the highest value is exceeded with share · 2^−power', () => {
    const weights = new Float64Array(grid.count);
    const at = grid.bucketOf(100);
    weights[at] = 1;
    const curve = curveOf(weights, 1, grid.ratio, { share: 0.2, power: 3 });
    expect(curve[at]).toBeCloseTo(0.2, 9);
    const twice = at + Math.round(Math.log(2) / Math.log(1.05));
    expect(curve[twice]).toBeCloseTo(0.2 * 1.05 ** (-3 * (twice - at)), 9);
  });

  test('what is kept of a curve gives the same likelihoods to four digits, and comes back', () => {
    const kept = Foreseen.of(70_000, 0, [coin(), coin()]);
    const [restored] = Foreseen.restore(Uint16Array.from(kept.save()), 2);
    for (const one of [kept, restored]) {
      expect(one?.hour).toBe(70_000);
      expect(one?.likelihood(1, grid.bucketOf(100))).toBeCloseTo(0.5, 4);
      expect(one?.likelihood(1, grid.bucketOf(400))).toBe(1e-4);
    }
  });
});

describe('deciding by price', () => {
  test('a request is as large as the price is worth it', () => {
    const choose = (exceeded: number): number => {
      const prices = { ...open, exceeded };
      return grid.ends[cheapest(coin(), costsOf(grid, coin(), prices), prices).bucket] ?? 0;
    };
    expect(choose(100)).toBeLessThan(2);
    expect(choose(1500)).toBeCloseTo(100, -1);
    expect(choose(5000)).toBeCloseTo(1000, -2);
  });

  test('no request is riskier than allowed, nor larger than the least risk asks for', () => {
    const prices = { ...open, exceeded: 0, mostRisk: 0.1 };
    expect(cheapest(coin(), costsOf(grid, coin(), prices), prices).bucket).toBe(grid.bucketOf(1000));
    const dear = { ...open, exceeded: 1e12, leastRisk: 0.6 };
    expect(cheapest(coin(), costsOf(grid, coin(), dear), dear).bucket).toBe(grid.bucketOf(100));
  });

  test('a higher price never lowers a request', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }), (buckets) => {
        const weights = new Float64Array(grid.count);
        for (const bucket of buckets) weights[bucket] = (weights[bucket] ?? 0) + 1;
        const curve = curveOf(weights, buckets.length, grid.ratio, { share: 0.2, power: 4 });
        let last = -1;
        for (const exceeded of [1, 10, 100, 1e3, 1e4, 1e5]) {
          const prices = { ...open, exceeded };
          const { bucket } = cheapest(curve, costsOf(grid, curve, prices), prices);
          expect(bucket).toBeGreaterThanOrEqual(last);
          last = bucket;
        }
      }),
    );
  });
});

describe('the price of the fleet', () => {
  test('rises with more exceedances than promised, falls with fewer, and stays within a hundred', () => {
    const price = new FleetPrice(5, 0.4);
    price.steer(10, 5, 1);
    expect(price.price).toBeCloseTo(5 * Math.exp(0.4), 9);
    price.steer(0, 5, 1);
    expect(price.price).toBeCloseTo(5, 9);
    for (let i = 0; i < 1000; i += 1) price.steer(1000, 1, 1);
    expect(price.price).toBeCloseTo(500, 6);
  });

  test('one kill of a small fleet does not throw it', () => {
    const price = new FleetPrice(5, 0.4);
    price.steer(1, 0.12, 1);
    expect(price.price).toBeLessThan(5 * 1.25);
  });
});

describe('the record of what chances were worth', () => {
  test('without a record a curve is taken at its word', () => {
    expect(new KeptRecord(72, 60).worthOf(0.01)).toBeCloseTo(0.01, 9);
  });

  test('a curve that is exceeded three times as often as it says is taken for three times the chance', () => {
    const record = new KeptRecord(1e6, 60);
    // Chances drawn as if those below 0.03 came three times as often as they should.
    for (let k = 0; k < 2000; k += 1) record.add([k % 100 < 3 ? 0.005 + 0.005 * ((k % 10) / 10) : 0.5]);
    expect(record.worthOf(0.01)).toBeGreaterThan(0.025);
    expect(record.worthOf(0.01)).toBeLessThan(0.035);
  });

  test('it comes back from its numbers', () => {
    const record = new KeptRecord(72, 60);
    for (let k = 0; k < 50; k += 1) record.add([0.3, 0.01 * (k % 7)]);
    const restored = new KeptRecord(72, 60);
    restored.load(record.save());
    for (const chance of [0.5, 0.1, 0.01, 0.001])
      expect(restored.worthOf(chance)).toBeCloseTo(record.worthOf(chance), 12);
  });
});
