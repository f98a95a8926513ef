import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { openStorageMemory } from '../../src/storage/storage-memory.ts';
import { StorageModels } from '../../src/storage/storage-models.ts';
import { gibibyte } from '../support/ceph-readings.ts';
import { modelsOptions, readingOf, startSeconds } from './small-ceph.ts';

const day = 86_400;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'barograph-storage-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Models that have seen a pool grow by 1 GiB a day for 20 days. */
function learned(): StorageModels {
  const models = new StorageModels(modelsOptions);
  for (let step = 0; step <= 80; step += 1) {
    const usedBytes = (step / 4) * gibibyte;
    const pool = { load: [100 + step, 0.004] as const, osd: { usedBytes }, pool: { storedBytes: usedBytes } };
    models.take('ceph', readingOf(startSeconds - (80 - step) * (day / 4), { one: pool }));
    models.takeVolumes([
      {
        timeSeconds: startSeconds - (80 - step) * (day / 4),
        namespace: 'shop',
        claim: 'a',
        usedBytes,
        capacityBytes: 1e12,
      },
    ]);
  }
  return models;
}

describe('what was learned of storage', () => {
  test('is there after a restart', () => {
    const path = folder();
    const before = learned();
    openStorageMemory(path, silentLogger)?.write(before.save());
    const after = new StorageModels(modelsOptions);
    openStorageMemory(path, silentLogger)?.readInto(after);
    expect(after.state(startSeconds).clusters).toEqual([]);
    const next = readingOf(startSeconds + 30, { one: { load: [180, 0.004], osd: { usedBytes: 20 * gibibyte } } });
    for (const models of [before, after]) models.take('ceph', next);
    const [expected, found] = [before, after].map((models) => models.state(startSeconds + 30));
    const [wanted, pool] = [expected?.clusters[0]?.pools[0], found?.clusters[0]?.pools[0]];
    expect(pool?.nearFull).toEqual(wanted?.nearFull);
    expect(pool?.load.iops).toEqual(wanted?.load.iops);
    expect(pool?.load.idleLatencySeconds).toBe(wanted?.load.idleLatencySeconds);
    expect(found?.clusters[0]?.disks).toEqual(expected?.clusters[0]?.disks);
    expect(found?.volumes).toEqual(expected?.volumes);
  });

  test('begins anew where nothing was kept, or what was kept is damaged', () => {
    const path = folder();
    const models = new StorageModels(modelsOptions);
    const memory = openStorageMemory(path, silentLogger);
    memory?.readInto(models);
    memory?.write(learned().save());
    const file = join(path, 'storage.bin');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    memory?.readInto(models);
    expect(models.state(startSeconds)).toMatchObject({ clusters: [], volumes: [] });
  });

  test('is not kept beside a knowledge base in memory', () => {
    expect(openStorageMemory(':memory:', silentLogger)).toBeUndefined();
  });
});
