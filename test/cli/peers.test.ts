import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { createPeers, noPeers, type Peers } from '../../src/cli/peers.ts';
import { findDecision, keepPlacement, mergeDecisions } from '../../src/cli/replica-decisions.ts';
import type { Decision } from '../../src/core/decision.ts';
import { silentLogger } from '../../src/core/log.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import type { Access } from '../../src/server/access.ts';
import { createRecorder, type DecisionRecorder } from '../../src/webhook/recorder.ts';
import { startEdge, type TestEdge } from '../server/support/edge.ts';
import { decisionOf } from '../support/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'barograph-peers-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'account-token\n');
afterAll(() => rmSync(folder, { recursive: true }));

const edges: TestEdge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.server.close(1);
});

const withToken: Access = {
  check: async ({ authorization }) =>
    authorization === 'Bearer account-token' ? { kind: 'allowed' } : { kind: 'unauthenticated', message: 'no' },
};
const placement = { node: 'node-1', score: 8, reason: 'it will be quiet' };

interface Asked {
  readonly scopes: (string | undefined)[];
}

/** A replica with these decisions, on another loopback address than this one's. */
async function replica(decisions: readonly Decision[], asked?: Asked): Promise<TestEdge> {
  const edge = await startEdge({
    address: '127.0.0.2:0',
    access: withToken,
    data: {
      decision: async (id, scope) => {
        asked?.scopes.push(scope);
        return decisions.find((one) => one.id === id);
      },
      decisions: async ({ scope }) => {
        asked?.scopes.push(scope);
        return decisions;
      },
    },
  });
  edges.push(edge);
  return edge;
}

function peersOf(edge: TestEdge, addresses = ['127.0.0.1', '127.0.0.2']): Peers {
  const peers = createPeers({
    address: `replicas.test:${edge.server.port}`,
    authority: () => edge.authority,
    serverName: 'localhost',
    logger: silentLogger,
    tokenFile,
    resolve: async () => addresses,
    ownAddresses: () => new Set(['127.0.0.1']),
  });
  onTestFinished(() => peers.close());
  return peers;
}

async function recorder(): Promise<DecisionRecorder> {
  const knowledge = await openSqlite(':memory:');
  const made = createRecorder(knowledge, silentLogger);
  onTestFinished(async () => {
    await made.close();
    await knowledge.close();
  });
  return made;
}

test('a decision of another replica is found there, asked for by its own account and for itself alone', async () => {
  const asked: Asked = { scopes: [] };
  const peers = peersOf(await replica([decisionOf('d1', '2026-01-01T00:00:00.000Z')], asked));
  expect((await peers.decision('d1'))?.id).toBe('d1');
  expect(await peers.decision('d2')).toBeUndefined();
  expect((await peers.decisions({ limit: 10, workload: { name: 'web' } })).map(({ id }) => id)).toEqual(['d1']);
  // Whoever is asked by a replica must not ask the others in turn.
  expect(new Set(asked.scopes)).toEqual(new Set(['local']));
});

test('replicas that do not answer, or are not found, count as knowing nothing', async () => {
  const edge = await replica([decisionOf('d1', '2026-01-01T00:00:00.000Z')]);
  const some = peersOf(edge, ['127.0.0.3', '127.0.0.2']);
  expect((await some.decision('d1'))?.id).toBe('d1');
  expect(await peersOf(edge, []).decision('d1')).toBeUndefined();
  const nowhere = createPeers({
    address: 'nowhere.invalid:1',
    authority: () => edge.authority,
    serverName: 'localhost',
    logger: silentLogger,
  });
  expect(await nowhere.decision('d1')).toBeUndefined();
  expect(await nowhere.decisions({ limit: 1 })).toEqual([]);
});

test('a server that another authority signed for is told no token', async () => {
  const edge = await replica([decisionOf('d1', '2026-01-01T00:00:00.000Z')]);
  const peers = createPeers({
    address: `replicas.test:${edge.server.port}`,
    authority: () => edge.authority,
    serverName: 'another.name',
    logger: silentLogger,
    tokenFile,
    resolve: async () => ['127.0.0.2'],
  });
  expect(await peers.decision('d1')).toBeUndefined();
});

test('a placement that another replica scored is kept with the decision, and shown by both', async () => {
  const [admitting, scoring] = [await recorder(), await recorder()];
  admitting.record(decisionOf('d1', '2026-01-01T00:00:00.000Z'));
  const ask = (other: DecisionRecorder): Peers => ({ ...noPeers, decision: (id) => other.find(id) });
  await keepPlacement('d1', placement, { recorder: scoring, peers: ask(admitting), logger: silentLogger });
  expect((await scoring.find('d1'))?.placement).toEqual(placement);
  expect((await admitting.find('d1'))?.placement).toBeNull();
  const shown = await findDecision('d1', { recorder: admitting, peers: ask(scoring) });
  expect(shown?.placement).toEqual(placement);
  expect(scoring.dropped).toBe(0);
});

test('a placement of a decision that is here needs nobody else', async () => {
  const own = await recorder();
  own.record(decisionOf('d1', '2026-01-01T00:00:00.000Z'));
  const nobody: Peers = { ...noPeers, decision: () => expect.unreachable() };
  await keepPlacement('d1', placement, { recorder: own, peers: nobody, logger: silentLogger });
  expect((await findDecision('d1', { recorder: own, peers: nobody }))?.placement).toEqual(placement);
});

test('lists of several replicas become one: each decision once, the newest first', () => {
  const [first, second] = ['2026-01-01', '2026-01-02'].map((day, i) => decisionOf(`d${i}`, `${day}T00:00:00.000Z`));
  if (first === undefined || second === undefined) return expect.unreachable();
  const placed = { ...first, placement };
  expect(mergeDecisions([first, second, placed], 10)).toEqual([second, placed]);
  expect(mergeDecisions([placed, first, second], 1)).toEqual([second]);
});
