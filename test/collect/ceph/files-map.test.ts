import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FilesMap } from '../../../src/collect/ceph/files-map.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { recorded } from './support/recorded.ts';

const writtenSeconds = 1_770_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'barograph-files-'));
  for (const name of ['osd-dump.json', 'crush-dump.json', 'health.json']) write(name, recorded(name));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder of what the commands print is a map, with or without health', async () => {
  expect((await open(10).readMap()).summaries.get('OSD_DOWN')).toBe('1 osds down');
  rmSync(join(folder, 'health.json'));
  const map = await open(10).readMap();
  expect([map.pools.size, map.summaries.size]).toEqual([4, 0]);
});

test('a file that nobody keeps fresh is refused', async () => {
  await expect(open(3601).readMap()).rejects.toThrow(
    /-dump.json: expected a file of the last hour, received one of 60 minutes ago/,
  );
});

test('a file that is missing, or half written, is an error that names it', async () => {
  write('crush-dump.json', recorded('crush-dump.json').slice(0, 500));
  await expect(open(0).readMap()).rejects.toThrow(/crush-dump.json: expected JSON/);
  rmSync(join(folder, 'crush-dump.json'));
  await expect(open(0).readMap()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
});

test('the id of a device leads to no file outside of the folder', async () => {
  mkdirSync(join(folder, 'devices'));
  writeFileSync(join(folder, 'secret.json'), '{}');
  await expect(open(0).readDevice({ id: '../secret', osd: 0 })).rejects.toThrow('.._secret.json');
  writeFileSync(join(folder, 'devices', 'MODEL_1.json'), '{}');
  expect(await open(0).readDevice({ id: 'MODEL_1', osd: 0 })).toEqual([]);
});

function open(ageSeconds: number): FilesMap {
  return new FilesMap(folder, manualClock(writtenSeconds + ageSeconds));
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), writtenSeconds, writtenSeconds);
}
