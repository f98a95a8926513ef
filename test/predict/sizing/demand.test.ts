import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Demand } from '../../../src/predict/sizing/demand.ts';
import { demandKind } from '../../../src/predict/sizing/demand-forecaster.ts';
import { demandOptions } from '../../../src/predict/sizing/demand-options.ts';
import { forecasterContract } from '../../contract/forecaster.ts';
import { flipped } from '../../support/flipped.ts';

forecasterContract(demandKind(demandOptions.cpu), 300);

const { cpu, memory } = demandOptions;

/** Twelve samples an hour. */
function fed(options: typeof cpu, values: Iterable<number>): Demand {
  const demand = new Demand(options);
  let count = 0;
  for (const value of values) {
    demand.observe(value);
    count += 1;
    if (count % 12 === 0) demand.closeHour();
  }
  return demand;
}

function* wave(hours: number, unit: number): Generator<number> {
  for (let k = 0; k < hours * 12; k += 1) yield unit * (2 + Math.sin(k / 46) + ((k * 13) % 17) / 17);
}

/** Quiet but for every sixth hour, which the hour before announces. */
function* announced(hours: number): Generator<number> {
  for (let k = 0; k < hours * 12; k += 1) {
    const hour = Math.floor(k / 12) % 6;
    yield hour === 5 ? 1000 : hour === 4 ? 120 : 50;
  }
}

describe('what is expected of the next hours', () => {
  test('a curve does not rise and lies between 0 and 1, whatever was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 12, maxLength: 400 }),
        (values) => {
          const curve = fed(cpu, values).curve ?? [];
          for (let i = 0; i < curve.length; i += 1) {
            expect(curve[i]).toBeGreaterThanOrEqual(0);
            expect(curve[i]).toBeLessThanOrEqual(1 + 1e-9);
            expect(curve[i]).toBeLessThanOrEqual((curve[i - 1] ?? 1) + 1e-9);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a burst that is announced is seen coming', () => {
    const chanceOfBurst = (hours: number): number => {
      const demand = fed({ ...cpu, horizonHours: 1 }, announced(hours));
      return demand.curve?.[cpu.grid.bucketOf(500)] ?? 0;
    };
    // After hour 4 of 6 the burst follows; after hour 1 three quiet hours do.
    expect(chanceOfBurst(6 * 20 + 5)).toBeGreaterThan(5 * chanceOfBurst(6 * 20 + 2));
  });

  test('memory is judged by the highest value of the horizon, not by each', () => {
    const spikes = Array.from({ length: 12 * 200 }, (_, k) => (k % 36 === 0 ? 2 ** 31 : 2 ** 28));
    const chance = fed(memory, spikes).curve?.[memory.grid.bucketOf(2 ** 30)] ?? 0;
    expect(chance).toBeGreaterThan(0.9);
  });

  test('of the highest value no more is requested than was used', () => {
    const demand = fed(
      cpu,
      Array.from({ length: 600 }, () => 1003),
    );
    const bucket = cpu.grid.bucketOf(1003);
    expect(demand.requestFor(bucket)).toBeCloseTo(1003 * 1.001, 6);
    expect(demand.bucketHeldBy(demand.requestFor(bucket))).toBe(bucket);
  });

  test('an hour without a sample leaves what was expected', () => {
    const demand = fed(cpu, wave(50, 100));
    const before = demand.curve;
    demand.closeHour();
    expect(demand.curve).toEqual(before);
  });

  test('many replicas cost no more than a few, and the highest of them counts', () => {
    const demand = new Demand(cpu);
    for (let hour = 0; hour < 24; hour += 1) {
      for (let i = 0; i < 1200; i += 1) demand.observe(i === 7 ? 900 : 100);
      demand.closeHour();
    }
    expect(demand.save().byteLength).toBeLessThan(200_000);
    expect(demand.curve?.[cpu.grid.bucketOf(500)]).toBeGreaterThan(1e-4);
  });
});

describe('the state of a demand', () => {
  test('comes back and goes on as if nothing had happened', () => {
    for (const [options, unit] of [
      [cpu, 100],
      [memory, 2 ** 28],
    ] as const) {
      const demand = fed(options, wave(60, unit));
      demand.observe(unit);
      const restored = Demand.restore(options, demand.save());
      expect(restored.curve).toEqual(demand.curve);
      for (const one of [demand, restored]) {
        for (let k = 0; k < 30; k += 1) {
          one.observe(unit * (1 + (k % 5)));
          if (k % 12 === 11) one.closeHour();
        }
      }
      expect(restored.save()).toEqual(demand.save());
      expect(restored.curve).toEqual(demand.curve);
    }
  });

  test('is refused when a bit is wrong, or when it is of other options', () => {
    const bytes = fed(cpu, wave(30, 100)).save();
    for (const at of [5, 40, bytes.length - 1]) {
      expect(() => Demand.restore(cpu, flipped(bytes, at))).toThrow('cannot be used');
    }
    expect(() => Demand.restore(memory, bytes)).toThrow('cannot be used');
  });
});
