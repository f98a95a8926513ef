import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import { decodeForecast, encodeForecast } from '../../src/knowledge/forecast-codec.ts';
import { decodeOutlook, encodeOutlook } from '../../src/knowledge/outlook-codec.ts';
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
