import { describe, expect, test } from 'vitest';
import { SizingFleet } from '../../../src/predict/sizing/sizing-fleet.ts';
import { flipped } from '../../support/flipped.ts';

const stepSeconds = 300;
const start = 1_700_000_100;
const gib = 2 ** 30;
const promised = { cpu: 0.01, memory: 0.12 };
const capacity = { cpu: 4000, memory: 8 * gib };

function fleetOf(count: number): SizingFleet {
  return new SizingFleet(
    stepSeconds,
    promised,
    Array.from({ length: count }, () => capacity),
  );
}

/** Steps from one to another, every container a wave of its own. */
function run(fleet: SizingFleet, count: number, [from, to]: readonly [number, number]): void {
  const usage = { cpu: new Float64Array(count), memory: new Float64Array(count) };
  for (let k = from; k < to; k += 1) {
    for (let i = 0; i < count; i += 1) {
      const wave = 2 + Math.sin((k + 50 * i) / 46) + ((k * (13 + i)) % 17) / 17;
      usage.cpu[i] = 100 * wave;
      usage.memory[i] = 0.2 * gib * wave;
    }
    fleet.observe({ timeSeconds: start + (k + 1) * stepSeconds, usage, killed: [] });
  }
}

describe('a fleet that is sized', () => {
  test('nothing is asked for before the first hour is over, and then much less than was provisioned', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 11]);
    expect(fleet.target(0)).toBeUndefined();
    run(fleet, 1, [11, 12]);
    expect(fleet.target(0)?.memory).toBeLessThan(capacity.memory / 2);
    expect(fleet.target(0)?.cpu).toBeLessThan(capacity.cpu / 2);
  });

  test('targets stay while staying is about as cheap', () => {
    const fleet = fleetOf(3);
    run(fleet, 3, [0, 12 * 24 * 7]);
    let changes = 0;
    for (let hour = 0; hour < 48; hour += 1) {
      const before = fleet.target(1);
      run(fleet, 3, [12 * (24 * 7 + hour), 12 * (24 * 7 + hour + 1)]);
      if (fleet.target(1) !== before) changes += 1;
    }
    expect(changes).toBeLessThan(6);
  });

  test('a kill is answered at once with more than the limit, which is not lowered for hours', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 12 * 48]);
    const limit = fleet.target(0)?.memory ?? 0;
    const usage = { cpu: Float64Array.of(300), memory: Float64Array.of(limit) };
    fleet.observe({ timeSeconds: start + (12 * 48 + 1) * stepSeconds, usage, killed: [0] });
    const raised = fleet.target(0)?.memory ?? 0;
    expect(raised).toBeGreaterThan(limit * 1.14);
    run(fleet, 1, [12 * 48 + 1, 12 * 50]);
    expect(fleet.target(0)?.memory).toBeGreaterThanOrEqual(raised);
  });

  test('containers without any sample are left alone', () => {
    const fleet = fleetOf(2);
    const usage = { cpu: Float64Array.of(100, Number.NaN), memory: Float64Array.of(gib, Number.NaN) };
    for (let k = 0; k < 40; k += 1) fleet.observe({ timeSeconds: start + k * stepSeconds, usage, killed: [] });
    expect(fleet.target(0)).toBeDefined();
    expect(fleet.target(1)).toBeUndefined();
  });

  test('a gap of months is survived', () => {
    const fleet = fleetOf(2);
    run(fleet, 2, [0, 300]);
    run(fleet, 2, [30_000, 30_100]);
    expect(fleet.target(0)?.cpu).toBeGreaterThan(0);
  });

  test('it comes back from its state and goes on as if nothing had happened', () => {
    const fleet = fleetOf(2);
    run(fleet, 2, [0, 500]);
    const restored = fleetOf(2).load(fleet.save());
    run(fleet, 2, [500, 700]);
    run(restored, 2, [500, 700]);
    for (const i of [0, 1]) expect(restored.target(i)).toEqual(fleet.target(i));
    expect(restored.save()).toEqual(fleet.save());
  });

  test('a state with a wrong bit is refused', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 100]);
    const bytes = fleet.save();
    expect(() => fleetOf(1).load(flipped(bytes, 30))).toThrow('cannot be used');
  });
});
