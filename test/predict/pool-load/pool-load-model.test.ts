import { describe, expect, test } from 'vitest';
import { PoolLoadModel } from '../../../src/predict/pool-load/pool-load-model.ts';

const hour = 3600;
const day = 24 * hour;
const start = 19_670 * day;

/** Ten days of a pool that works from 8 to 18 o'clock: 800 operations a second of a queue of 2 ms that can do 1000; else 50. */
function workedPool(): PoolLoadModel {
  const model = new PoolLoadModel();
  for (let time = start + 300; time <= start + 10 * day; time += 300) {
    const hourOfDay = ((time % day) / hour) | 0;
    const base = hourOfDay >= 8 && hourOfDay < 18 ? 800 : 50;
    const iops = base * (1 + 0.1 * Math.sin(time));
    model.update(time, { iops, bytesPerSecond: iops * 8192, latencySeconds: 0.002 / (1 - iops / 1000), inFlight: 0 });
  }
  return model;
}

function horizon(fromHour: number) {
  return { startSeconds: start + 10 * day + fromHour * hour, stepSeconds: 1800, steps: 8 };
}

describe('the load of a pool', () => {
  test('is expected by the hour of the day, and so is how much of its capacity is used', () => {
    const model = workedPool();
    const [night, morning] = [model.outlook(horizon(2)), model.outlook(horizon(10))];
    const middle = (values: Float64Array | undefined): number => values?.[1] ?? Number.NaN;
    expect(middle(morning.iops?.values)).toBeGreaterThan(5 * middle(night.iops?.values));
    expect(morning.saturation.steps[0]).toBeGreaterThan(0.6);
    expect(night.saturation.steps[0]).toBeLessThan((morning.saturation.steps[0] ?? 0) / 1.5);
    expect(morning.capacity.iops).toBeGreaterThan(850);
    expect(morning.capacity.iops).toBeLessThan(1150);
  });

  test('is known of a pool that was never used', () => {
    const model = new PoolLoadModel();
    for (let i = 1; i < 10; i += 1) {
      model.update(start + i * 300, { iops: 0, bytesPerSecond: 0, latencySeconds: Number.NaN, inFlight: 0 });
    }
    const { saturation, idleLatencySeconds, now } = model.outlook(horizon(0));
    expect([saturation.now, ...saturation.steps].every((share) => share < 1e-6)).toBe(true);
    expect(idleLatencySeconds).toBeNaN();
    expect(now.iops).toBe(0);
  });

  test('shows a disk that has become slow, whatever is written', () => {
    const model = new PoolLoadModel();
    for (let i = 1; i < 100; i += 1)
      model.update(start + i * 30, { iops: 40, bytesPerSecond: 1e5, latencySeconds: 0.003, inFlight: 0.1 });
    expect(model.outlook(horizon(0)).saturation.now).toBeLessThan(0.05);
    for (let i = 100; i < 110; i += 1)
      model.update(start + i * 30, { iops: 40, bytesPerSecond: 1e5, latencySeconds: 0.35, inFlight: 1 });
    expect(model.outlook(horizon(0)).saturation.now).toBeGreaterThan(0.9);
  });

  test('is quiet again once nothing is done, whatever its last latency was', () => {
    const model = new PoolLoadModel();
    const busy = { iops: 1000, bytesPerSecond: 4e6, latencySeconds: 0.02, inFlight: 20 };
    const none = { iops: 0, bytesPerSecond: 0, latencySeconds: Number.NaN, inFlight: 0 };
    for (let i = 1; i < 10; i += 1)
      model.update(start + i * 30, { ...busy, iops: 10, latencySeconds: 0.005, inFlight: 0.05 });
    for (let i = 10; i < 20; i += 1) model.update(start + i * 30, busy);
    expect(model.outlook(horizon(0)).saturation.now).toBeGreaterThan(0.8);
    for (let i = 20; i < 36; i += 1) model.update(start + i * 30, none);
    expect(model.outlook(horizon(0)).saturation.now).toBeLessThan(0.05);
  });

  test('does not change by what could not be measured', () => {
    const model = workedPool();
    const before = model.outlook(horizon(0)).now;
    model.update(start + 10 * day + 30, {
      iops: Number.NaN,
      bytesPerSecond: Number.NaN,
      latencySeconds: Number.NaN,
      inFlight: Number.NaN,
    });
    expect(model.outlook(horizon(0)).now).toEqual(before);
  });
});
