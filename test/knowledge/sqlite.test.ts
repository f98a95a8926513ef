import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import { decodeForecast, encodeForecast } from '../../src/knowledge/forecast-codec.ts';
import { decodeOutlook, encodeOutlook } from '../../src/knowledge/outlook-codec.ts';
import { setDamagedAside } from '../../src/knowledge/replace-damaged.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { knowledgeContract } from '../contract/knowledge.ts';
import { containerForecast, outlookOf } from '../support/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'barograph-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

knowledgeContract('SQLite', () => openSqlite(folder));

test('a file that is no database is refused and left as it is', async () => {
  const broken = mkdtempSync(join(tmpdir(), 'barograph-broken-'));
  writeFileSync(join(broken, 'knowledge.sqlite'), 'this is no database, but long enough to be read as one'.repeat(20));
  await expect(openSqlite(broken)).rejects.toMatchObject({ code: 'KNOWLEDGE_UNAVAILABLE' });
  rmSync(broken, { recursive: true });
});

describe('a damaged database', () => {
  const broken = mkdtempSync(join(tmpdir(), 'barograph-damaged-'));
  const file = join(broken, 'knowledge.sqlite');
  afterAll(() => rmSync(broken, { recursive: true, force: true }));

  test('is put aside whole, and a new one begins', async () => {
    writeFileSync(file, 'this is no database, but long enough to be read as one'.repeat(20));
    const before = readFileSync(file);
    const aside = setDamagedAside(broken, Date.UTC(2026, 0, 2));
    expect(aside).toBe(`${file}.damaged-2026-01-02T000000.000Z`);
    expect(readFileSync(aside ?? '')).toEqual(before);
    const knowledge = await openSqlite(broken);
    expect(await knowledge.outlookVersion()).toBeUndefined();
    await knowledge.close();
  });

  test('with an overwritten page is noticed', async () => {
    const knowledge = await openSqlite(broken);
    const models = Array.from({ length: 200 }, (_, i) => ({ id: `model-${i}`, state: new Uint8Array(4000).fill(i) }));
    await knowledge.saveCheckpoint({ trainedToSeconds: 1, models, removedModels: [] });
    await knowledge.close();
    expect(setDamagedAside(broken, 0)).toBeUndefined();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 8192, 60_000);
    writeFileSync(file, bytes);
    expect(setDamagedAside(broken, 0)).toContain('.damaged-');
  });
});

test('one flipped bit in a stored forecast is noticed', () => {
  const bytes = encodeForecast(containerForecast('a/b/c/d'));
  for (const at of [0, 5, 9, 40, bytes.length - 1]) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 4;
    expect(() => decodeForecast(damaged)).toThrow(BarographError);
  }
});

test('bytes that are no Outlook are refused', () => {
  expect(() => decodeOutlook(new Uint8Array([1, 2, 3]))).toThrow(BarographError);
  const bytes = encodeOutlook(outlookOf(1, ['a', 'b']));
  expect(() => decodeOutlook(bytes.subarray(0, 200))).toThrow(BarographError);
});
