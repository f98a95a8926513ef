import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDecisionWriter } from '../../src/cli/decision-writer.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { fullDecision } from '../server/support/full-decision.ts';

let folder: string;
let knowledge: KnowledgeBase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'barograph-writer-'));
  knowledge = await openSqlite(folder);
});

afterAll(async () => {
  await knowledge.close();
  await rm(folder, { recursive: true });
});

test('what another thread wrote is read here, and a thread that ended is followed by a new one', async () => {
  const writer = createDecisionWriter({ path: folder }, knowledge, silentLogger);
  await Promise.all(['one', 'two'].map((id) => writer.recordDecisions([{ ...fullDecision, id }])));
  expect(await knowledge.decision('two')).toEqual({ ...fullDecision, id: 'two' });
  await writer.close();
  await writer.recordDecisions([{ ...fullDecision, id: 'three' }]);
  expect((await knowledge.decisions(10)).map(({ id }) => id).sort()).toEqual(['one', 'three', 'two']);
  await writer.close();
});

test('a write that the thread cannot do is rejected with its reason', async () => {
  const writer = createDecisionWriter({ path: join(folder, 'knowledge.sqlite') }, knowledge, silentLogger);
  await expect(writer.recordDecisions([{ ...fullDecision, id: 'lost' }])).rejects.toMatchObject({
    code: 'KNOWLEDGE_UNAVAILABLE',
  });
  await writer.close();
});

test('what is kept in memory is written where it is', async () => {
  const memory = await openSqlite(':memory:');
  const writer = createDecisionWriter({ path: ':memory:' }, memory, silentLogger);
  await writer.recordDecisions([{ ...fullDecision, id: 'here' }]);
  expect((await memory.decision('here'))?.id).toBe('here');
  await writer.close();
  await memory.close();
});
