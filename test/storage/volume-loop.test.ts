import { expect, test } from 'vitest';
import type { VolumeSource } from '../../src/collect/volumes.ts';
import { manualClock } from '../../src/core/clock.ts';
import { BarographError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { VolumeReading } from '../../src/core/storage.ts';
import { keepReadingVolumes } from '../../src/storage/volume-loop.ts';

test('what was comes before what is, and then what is again and again', async () => {
  const { taken, run, closing } = looped(async () => [reading(10_000)]);
  const running = run();
  await expect.poll(() => taken.length).toBeGreaterThan(4);
  closing.abort();
  await running;
  expect(taken.slice(0, 3)).toEqual([9000, 9600, 10_000]);
  expect(closing.signal.aborted).toBe(true);
});

test('a source that fails for a while is read again, its history not twice', async () => {
  let reads = 0;
  const { taken, run, closing } = looped(async () => {
    reads += 1;
    if (reads < 3) throw new BarographError('SOURCE_UNAVAILABLE', 'not now');
    return [reading(10_000 + reads)];
  });
  const running = run();
  await expect.poll(() => taken.length).toBeGreaterThan(3);
  closing.abort();
  await running;
  expect(taken.slice(0, 4)).toEqual([9000, 9600, 10_003, 10_004]);
});

function looped(read: VolumeSource['read']) {
  const taken: number[] = [];
  const closing = new AbortController();
  const source: VolumeSource = {
    read,
    async *history({ startSeconds, endSeconds, stepSeconds }) {
      for (let time = startSeconds + stepSeconds; time <= endSeconds; time += stepSeconds) yield [reading(time)];
    },
    close: () => undefined,
  };
  const options = {
    source,
    models: { takeVolumes: (readings: readonly VolumeReading[]) => void taken.push(...readings.map(timeOf)) },
    clock: manualClock(10_000),
    logger: silentLogger,
    everySeconds: 0.001,
    historySeconds: 1200,
    historyStepSeconds: 600,
  };
  return { taken, closing, run: () => keepReadingVolumes(options, closing.signal) };
}

function reading(timeSeconds: number): VolumeReading {
  return { timeSeconds, namespace: 'shop', claim: 'orders', usedBytes: 1, capacityBytes: 2 };
}

function timeOf({ timeSeconds }: VolumeReading): number {
  return timeSeconds;
}
