import { describe, expect, test } from 'vitest';
import type { ContainerUsage, NodeUsage, Source, UsageBatch } from '../../src/collect/source.ts';
import type { TimeRange } from '../../src/core/time-range.ts';
import { containerId } from '../../src/core/workload.ts';
import type { ReplayUsage } from '../support/replay-world.ts';
import { nodeUsage, smallRange, smallSeries, smallWorld } from '../support/small-world.ts';

export interface OpenedSource {
  /** A source that knows the whole of the small world, by a clock that shows `nowSeconds`. */
  open(nowSeconds: number): Source;
}

const { startSeconds, endSeconds, stepSeconds } = smallRange;

/** What every source of measurements keeps. `sources` is asked once a test has started. */
export function sourceContract(name: string, sources: () => OpenedSource): void {
  const read = async (range: TimeRange, nowSeconds = endSeconds + 3600): Promise<UsageBatch[]> => {
    const source = sources().open(nowSeconds);
    try {
      return await Array.fromAsync(source.read(range));
    } finally {
      await source.close();
    }
  };

  describe(`${name} keeps the contract of a source`, () => {
    test('stretches come in order, each once, and are the whole range', async () => {
      const batches = await read(smallRange);
      let at = startSeconds;
      for (const { range } of batches) {
        expect(range.startSeconds).toBe(at);
        expect(range.stepSeconds).toBe(stepSeconds);
        at = range.endSeconds;
      }
      expect(at).toBe(endSeconds);
    });

    test('times are on the grid of their stretch, and columns are as long as they', async () => {
      for (const { range, containers, nodes } of await read(smallRange)) {
        for (const usage of [...containers, ...nodes]) {
          expect(usage.cpuMillicores).toHaveLength(usage.times.length);
          expect(usage.memoryBytes).toHaveLength(usage.times.length);
          expect(usage.times.length).toBeGreaterThan(0);
          for (const [i, time] of usage.times.entries()) {
            expect((time - range.startSeconds) % stepSeconds).toBe(0);
            expect(time).toBeGreaterThan(usage.times[i - 1] ?? range.startSeconds);
            expect(time).toBeLessThanOrEqual(range.endSeconds);
          }
        }
      }
    });

    test('containers are named by their top controller and have what they used', async () => {
      const found = containersOf(await read(smallRange));
      expect([...found.keys()].sort()).toEqual(Object.keys(smallSeries).sort());
      for (const [id, pieces] of found) {
        const pod = smallSeries[id];
        expect(new Set(pieces.map((piece) => `${piece.pod} ${piece.node}`))).toEqual(
          new Set([`${pod?.name} ${pod?.node}`]),
        );
        const lived = stepsOf((time) => smallWorld(time).pods.some((one) => one.name === pod?.name));
        expectUsage(valuesOf(pieces), lived, (time) => pod?.usage(time));
      }
    });

    test('nodes have what they used', async () => {
      const all = (await read(smallRange)).flatMap(({ nodes }) => nodes);
      const names = [...new Set(all.map(({ node }) => node))].sort();
      expect(names).toEqual(['node-a', 'node-b']);
      for (const name of names) {
        const values = valuesOf(all.filter(({ node }) => node === name));
        const always = stepsOf(() => true);
        expectUsage(values, always, (time) => nodeUsage(name, time));
      }
    });

    test('a step that has not ended yet is left out', async () => {
      const batches = await read(smallRange, startSeconds + 20 * stepSeconds + 299);
      expect(batches.at(-1)?.range.endSeconds).toBe(startSeconds + 20 * stepSeconds);
      const latest = batches.flatMap(({ nodes }) => nodes.map(({ times }) => times.at(-1) ?? 0));
      expect(Math.max(...latest)).toBe(startSeconds + 20 * stepSeconds);
    });

    test('a range without samples has stretches without series', async () => {
      const before = { startSeconds: startSeconds - 86_400, endSeconds: startSeconds - 43_200, stepSeconds };
      const batches = await read(before);
      expect(batches.at(-1)?.range.endSeconds).toBe(before.endSeconds);
      expect(batches.flatMap(({ containers, nodes }) => [...containers, ...nodes])).toEqual([]);
    });

    test('a range shorter than a step has nothing', async () => {
      expect(await read({ startSeconds, endSeconds: startSeconds + 299, stepSeconds })).toEqual([]);
    });

    test('a longer step has the mean of CPU and the peak of memory', async () => {
      const found = containersOf(await read({ startSeconds, endSeconds, stepSeconds: 3600 }));
      const values = valuesOf(found.get('shop/Deployment/cart/app') ?? []);
      expect(values).toHaveLength(12);
      const pod = smallSeries['shop/Deployment/cart/app'];
      // A counter that is seen first within a step has less than that step.
      expect(values[0]?.cpu).toBeGreaterThan(0);
      for (const { time, cpu, memory } of values.slice(1)) {
        const steps = Array.from({ length: 12 }, (_, i) => pod?.usage(time - i * stepSeconds));
        const mean = steps.reduce((sum, used) => sum + (used?.cpuMillicores ?? 0), 0) / 12;
        expect(cpu / mean).toBeCloseTo(1, 2);
        expect(memory).toBe(Math.max(...steps.map((used) => used?.memoryBytes ?? 0)));
      }
    });

    test('an hour without samples is a gap: nothing stands in for it', async () => {
      const batches = await read(smallRange);
      const values = valuesOf(containersOf(batches).get('shop/StatefulSet/orders-db/postgres') ?? []);
      const away = values.filter(
        ({ time }) => time > startSeconds + 60 * stepSeconds && time <= startSeconds + 72 * stepSeconds,
      );
      for (const { cpu, memory } of away) expect([cpu, memory]).toEqual([Number.NaN, Number.NaN]);
      const holes = batches.flatMap(({ containers, nodes }) => [...containers, ...nodes]).flatMap(holesOf);
      expect(batches.reduce((sum, { repairs }) => sum + repairs.gaps, 0)).toBe(holes.length);
    });

    test('the same is read twice, and piece by piece as at once', async () => {
      const whole = byTime(await read(smallRange));
      expect(byTime(await read(smallRange))).toEqual(whole);
      const pieces: UsageBatch[] = [];
      for (let at = startSeconds; at < endSeconds; at += 13 * stepSeconds) {
        const piece = { startSeconds: at, endSeconds: Math.min(endSeconds, at + 13 * stepSeconds), stepSeconds };
        pieces.push(...(await read(piece)));
      }
      expect(byTime(pieces)).toEqual(whole);
    });

    test('an aborted read ends with the reason', async () => {
      const source = sources().open(endSeconds);
      await expect(Array.fromAsync(source.read(smallRange, AbortSignal.abort('enough')))).rejects.toBe('enough');
      await source.close();
    });

    test('a source can be closed twice', async () => {
      const source = sources().open(endSeconds);
      await source.close();
      await source.close();
    });
  });
}

interface Value {
  readonly time: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Values are there for the steps that were lived, and what was used. */
function expectUsage(
  values: readonly Value[],
  lived: readonly number[],
  used: (time: number) => ReplayUsage | undefined,
): void {
  const cpu = values.filter((value) => !Number.isNaN(value.cpu));
  const memory = values.filter((value) => !Number.isNaN(value.memory));
  // A counter says nothing of the step in which it is seen first, at the start and after a gap.
  expect(lived.length - cpu.length).toBeLessThanOrEqual(2);
  expect(memory.map(({ time }) => time)).toEqual(lived);
  for (const value of cpu) expect(value.cpu / (used(value.time)?.cpuMillicores ?? 0)).toBeCloseTo(1, 2);
  for (const value of memory) expect(value.memory).toBe(used(value.time)?.memoryBytes);
}

function containersOf(batches: readonly UsageBatch[]): Map<string, ContainerUsage[]> {
  const found = new Map<string, ContainerUsage[]>();
  for (const { containers } of batches) {
    for (const usage of containers) {
      found.set(containerId(usage.key), [...(found.get(containerId(usage.key)) ?? []), usage]);
    }
  }
  return found;
}

function valuesOf(pieces: readonly (ContainerUsage | NodeUsage)[]): Value[] {
  return pieces.flatMap(({ times, cpuMillicores, memoryBytes }) =>
    Array.from(times, (time, i) => ({ time, cpu: cpuMillicores[i] ?? 0, memory: memoryBytes[i] ?? 0 })),
  );
}

/** Every value that there is, however stretches were cut. */
function byTime(batches: readonly UsageBatch[]): string[] {
  return batches
    .flatMap(({ containers, nodes }) => [
      ...containers.flatMap((usage) => valuesOf([usage]).map((value) => ({ id: containerId(usage.key), ...value }))),
      ...nodes.flatMap((usage) => valuesOf([usage]).map((value) => ({ id: usage.node, ...value }))),
    ])
    .filter(({ cpu, memory }) => !(Number.isNaN(cpu) && Number.isNaN(memory)))
    .map(({ id, time, cpu, memory }) => `${id} ${time} ${cpu.toFixed(6)} ${memory}`)
    .sort();
}

function holesOf({ cpuMillicores, memoryBytes }: NodeUsage | ContainerUsage): number[] {
  return [...cpuMillicores, ...memoryBytes].filter(Number.isNaN);
}

function stepsOf(isThere: (timeSeconds: number) => boolean): number[] {
  const times = Array.from({ length: 144 }, (_, i) => startSeconds + (i + 1) * stepSeconds);
  return times.filter(isThere);
}
