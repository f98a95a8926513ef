import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PerResource } from '../../../src/core/resource.ts';
import { type Advice, noAdvice } from '../../../src/simulate/policy.ts';
import type { History } from '../../../src/simulate/replay/history.ts';
import { replay, type Turn } from '../../../src/simulate/replay/replay.ts';
import type { Variant } from '../../../src/simulate/replay/rules.ts';
import { Tally } from '../../../src/simulate/replay/tally.ts';
import { madeHistory } from '../support/made-history.ts';

interface Said {
  readonly cpu?: number;
  readonly memory?: number;
  /** Of both resources, as shares of the target. */
  readonly bounds?: readonly [lower: number, upper: number];
}

/** Replays one container under a policy that always says the same; gives requests in force, what was seen, and the steps of changes. */
function replayOne(history: History, said: Said, variant: Variant = 'updater') {
  const inForce: (readonly [cpu: number, memory: number])[] = [];
  const changes: number[] = [];
  const turns: Turn[] = [];
  const seen: (readonly [cpu: number, memory: number])[] = [];
  const steps = replay(history, { variant }, (index, requests, changed) => {
    inForce.push([requests.cpu[0] ?? 0, requests.memory[0] ?? 0]);
    if (changed[0] === 1) changes.push(index);
  });
  for (let next = steps.next(); next.done !== true; next = steps.next(next.value.asks ? adviceOf(said) : undefined)) {
    turns.push(next.value);
    seen.push([next.value.step.usage.cpu[0] ?? 0, next.value.step.usage.memory[0] ?? 0]);
  }
  return { inForce, changes, turns, seen };
}

function adviceOf({ cpu, memory, bounds: [lower, upper] = [Number.NaN, Number.NaN] }: Said): PerResource<Advice> {
  const advice = noAdvice(1);
  for (const [of, target] of [[advice.cpu, cpu] as const, [advice.memory, memory] as const]) {
    if (target === undefined) continue;
    of.target[0] = target;
    of.lower[0] = lower * target;
    of.upper[0] = upper * target;
  }
  return advice;
}

function constant(steps: number, cpu = 100, memory = 100): History {
  return madeHistory(Array.from({ length: steps }, () => [[cpu, memory] as const]));
}

describe('a replay', () => {
  test('asks at the end of every hour, and advice holds from the next step on', () => {
    const { turns, inForce, changes } = replayOne(constant(36), { cpu: 200, memory: 300, bounds: [1, 1] });
    expect(turns.filter(({ asks }) => asks).map(({ index }) => index)).toEqual([11, 23, 35]);
    expect(inForce[11]).toEqual([1000, 1000]);
    expect(inForce[12]).toEqual([200, 300]);
    expect(changes).toEqual([11]);
  });

  test('targets are rounded up to whole millicores and bytes, but for a millionth', () => {
    const { inForce } = replayOne(constant(24), { cpu: 200.001, memory: 300.000_000_5, bounds: [1, 1] });
    expect(inForce[12]).toEqual([201, 300]);
  });

  test('a kill shows the limit, not the need, and is answered at once for the killed alone', () => {
    const rows = Array.from({ length: 30 }, (_, k) => [[100, k === 4 ? 1500 : 100] as const]);
    const { turns, seen, inForce } = replayOne(madeHistory(rows), { memory: 2000 });
    expect(seen[4]).toEqual([100, 1000]);
    expect(turns[4]).toMatchObject({ asks: true, only: [0], step: { killed: [0] } });
    expect(inForce[5]).toEqual([1000, 2000]);
  });

  test('samples are shown to a thousandth of a millicore and to the byte, half to even', () => {
    const { seen } = replayOne(madeHistory([[[0.0125, 0.5]], [[1.234_56, 2.5]], [[Number.NaN, Number.NaN]]]), {});
    expect(seen).toEqual([
      [0.012, 0],
      [1.235, 2],
      [Number.NaN, Number.NaN],
    ]);
  });

  test('a gap is neither a kill nor asked about', () => {
    const { turns } = replayOne(constant(5, Number.NaN, Number.NaN), {});
    expect(turns.every(({ asks, step }) => !asks && step.killed.length === 0)).toBe(true);
  });

  test('without a recommendation a request stays', () => {
    const { inForce, changes } = replayOne(constant(24), { memory: 500, bounds: [1, 1] });
    expect(inForce[12]).toEqual([1000, 500]);
    expect(changes).toEqual([11]);
  });

  test('what cannot be followed fails it', () => {
    expect(() => replayOne(constant(12), { cpu: -1 })).toThrow(/a policy's cpu target .* is -1/);
    expect(() => replayOne(constant(12), { memory: Number.POSITIVE_INFINITY })).toThrow(/memory target .* is Infinity/);
  });
});

describe('the updater', () => {
  test('within the bounds waits for 12 hours, and then for a tenth', () => {
    const wide = [0.1, 10] as const;
    expect(replayOne(constant(300), { cpu: 950, memory: 960, bounds: wide }).changes).toEqual([]);
    // 145 steps after the first are more than 12 h; the next full hour ends step 155.
    expect(replayOne(constant(300), { cpu: 950, memory: 950, bounds: wide }).changes).toEqual([155]);
  });

  test('outside the bounds acts in the same hour, on both resources together', () => {
    const { inForce, changes } = replayOne(constant(24), { cpu: 990, memory: 400, bounds: [0.5, 1.5] });
    expect(changes).toEqual([11]);
    expect(inForce[12]).toEqual([990, 400]);
  });
});

describe('in place', () => {
  test('each resource changes on its own from a tenth on, whatever the bounds', () => {
    const { inForce, changes } = replayOne(constant(24), { cpu: 901, memory: 900, bounds: [1, 1] }, 'inplace');
    expect(changes).toEqual([11]);
    expect(inForce[12]).toEqual([1000, 900]);
  });
});

describe('sums', () => {
  test('whatever was used and requested, requests are use and slack less deficit', () => {
    const value = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 3000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 600 }), (samples) => {
        const history = madeHistory(samples.map((sample) => [sample]));
        const tally = new Tally(history, { name: 'scored', from: 0, to: samples.length });
        const requests = { cpu: Float64Array.of(1000), memory: Float64Array.of(1500) };
        for (const step of samples.keys()) tally.take(step, requests, new Uint8Array(1));
        const at = (name: keyof typeof tally.sums): number => tally.sums[name][0] ?? 0;
        expect(at('cpuReq')).toBe(at('cpuUse') + at('cpuSlack') - at('cpuDeficit'));
        const memory = samples.map((sample) => sample[1]).filter((one) => !Number.isNaN(one));
        expect(at('oom')).toBe(memory.filter((one) => one > 1500).length);
        expect(at('memSteps')).toBe(memory.length);
        expect(at('oomDays')).toBeLessThanOrEqual(at('sampledDays'));
        expect(at('days')).toBeLessThanOrEqual(at('sampledDays') + 1e-9);
      }),
    );
  });
});
