import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../src/core/clock.ts';
import { BarographError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { CephReading } from '../../src/core/storage.ts';
import { StorageLoop } from '../../src/storage/storage-loop.ts';
import { StorageModels } from '../../src/storage/storage-models.ts';
import type { StorageSource } from '../../src/storage/storage-source.ts';
import type { StorageState } from '../../src/storage/storage-state.ts';
import { modelsOptions, quiet, readingOf, startSeconds } from './small-ceph.ts';

function looped(source: Partial<StorageSource> & Pick<StorageSource, 'read'>) {
  const clock = manualClock(startSeconds);
  const states: StorageState[] = [];
  const failures: string[] = [];
  const closing = new AbortController();
  let closed = false;
  const whole: StorageSource = {
    kind: 'memory',
    close: async () => {
      closed = true;
    },
    ...source,
  };
  const loop = new StorageLoop({
    sources: [{ name: 'ceph', source: whole }],
    models: new StorageModels(modelsOptions),
    clock,
    logger: silentLogger,
    intervalSeconds: 30,
    historySeconds: 7200,
    historyStepSeconds: 300,
    onState: (state) => void states.push(state),
    onFailure: (name) => void failures.push(name),
  });
  const running = loop.run(closing.signal);
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo() && tries < 500; tries += 1) await sleep(10);
    expect(isSo()).toBe(true);
  };
  const end = async (): Promise<boolean> => {
    closing.abort();
    await running;
    return closed;
  };
  return { clock, states, failures, until, end };
}

describe('reading storage', () => {
  test('says what is known at once, and anew at each interval', async () => {
    let time = startSeconds;
    const { clock, states, until, end } = looped({ read: async () => readingOf(time, { one: quiet }) });
    await until(() => states.length === 1);
    time += 30;
    clock.set(time);
    await until(() => states.length === 2);
    expect(states.map(({ clusters }) => clusters[0]?.dataSeconds)).toEqual([startSeconds, startSeconds + 30]);
    expect(await end()).toBe(true);
  });

  test('learns from the history that a source keeps, before which it says what is', async () => {
    async function* history(
      { startSeconds: from, endSeconds }: { startSeconds: number; endSeconds: number },
      step: number,
    ) {
      for (let time = from + step; time <= endSeconds; time += step) yield readingOf(time, { one: quiet });
    }
    const { states, until, end } = looped({ read: async () => readingOf(startSeconds, { one: quiet }), history });
    await until(() => states.length === 2);
    await end();
    const latency = states.map(({ clusters }) => clusters[0]?.pools[0]?.load.latencySeconds?.values[1]);
    expect(latency[1]).toBeCloseTo(0.002, 4);
    expect(states[1]?.clusters[0]?.dataSeconds).toBe(startSeconds);
  });

  test('goes on when a source fails: what was read before stands, and why is said', async () => {
    let time = startSeconds;
    const read = async (): Promise<CephReading> => {
      if (time === startSeconds + 30) throw new BarographError('SOURCE_UNAVAILABLE', 'no manager answers');
      return readingOf(time, { one: quiet });
    };
    const { clock, states, failures, until, end } = looped({ read });
    await until(() => states.length === 1);
    for (const round of [2, 3]) {
      time += 30;
      clock.set(time);
      await until(() => states.length === round);
    }
    await end();
    expect(states[1]?.clusters[0]?.dataSeconds).toBe(startSeconds);
    expect(states[1]?.failures[0]?.message).toContain('no manager answers');
    expect(states[2]?.failures).toEqual([]);
    expect(failures).toEqual(['ceph']);
  });

  test('ends while a source hangs', async () => {
    const read = (signal?: AbortSignal): Promise<CephReading> =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const { end } = looped({ read });
    await sleep(20);
    expect(await end()).toBe(true);
  });
});
