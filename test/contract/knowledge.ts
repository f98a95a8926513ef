import { describe, expect, test } from 'vitest';
import type { KnowledgeBase } from '../../src/knowledge/knowledge.ts';
import { containerForecast, decisionOf, outlookOf } from '../support/samples.ts';

/** What every knowledge base keeps. `open` gives an empty one the first time, and the same one again after close. */
export function knowledgeContract(name: string, open: () => Promise<KnowledgeBase>): void {
  describe(`${name} keeps the contract of a knowledge base`, () => {
    test('an empty one has nothing and says so', async () => {
      await using db = disposable(await open());
      expect(await db.it.trainedToSeconds()).toBeUndefined();
      expect(await db.it.outlook()).toBeUndefined();
      expect(await db.it.forecast('a/b/c/d')).toBeUndefined();
      expect(await db.it.decision('none')).toBeUndefined();
      expect(await Array.fromAsync(db.it.models())).toEqual([]);
    });

    test('a step of training keeps models and checkpoint together, over a restart', async () => {
      const first = await open();
      const state = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
      const models = Array.from({ length: 1200 }, (_, i) => ({ id: `container:m${i}`, state }));
      await first.saveCheckpoint({ trainedToSeconds: 100, models, removedModels: [] });
      await first.saveCheckpoint({
        trainedToSeconds: 400.5,
        models: [{ id: 'container:m1', state: Uint8Array.of(9) }],
        removedModels: ['container:m0'],
      });
      await first.close();
      await using db = disposable(await open());
      expect(await db.it.trainedToSeconds()).toBe(400.5);
      const kept = new Map((await Array.fromAsync(db.it.models())).map((model) => [model.id, [...model.state]]));
      expect(kept.size).toBe(1199);
      expect(kept.get('container:m1')).toEqual([9]);
      expect(kept.get('container:m2')).toEqual([...state]);
    });

    test('a journal is kept in order over a restart, and forgotten up to a checkpoint', async () => {
      const first = await open();
      for (const toSeconds of [500, 800, 1100]) {
        await first.appendJournal({ toSeconds, body: Uint8Array.of(toSeconds / 100) });
      }
      await first.saveCheckpoint({ trainedToSeconds: 500, models: [], removedModels: [] });
      await first.close();
      await using db = disposable(await open());
      const kept = await Array.fromAsync(db.it.journal());
      expect(kept.map(({ toSeconds, body }) => [toSeconds, ...body])).toEqual([
        [800, 8],
        [1100, 11],
      ]);
    });

    test('a published Outlook comes back the same, the newest first', async () => {
      await using db = disposable(await open());
      const older = outlookOf(7, ['n1']);
      const newer = outlookOf(8, ['n1', 'node-2', 'ünïcode']);
      await db.it.publish({
        outlook: older,
        forecasts: [containerForecast('a/b/c/d'), containerForecast('a/b/c/e')],
        withdrawn: [],
      });
      await db.it.publish({ outlook: newer, forecasts: [containerForecast('a/b/c/d', 8)], withdrawn: ['a/b/c/e'] });
      expect(await db.it.outlook()).toEqual(newer);
      expect(await db.it.forecast('a/b/c/d')).toEqual(containerForecast('a/b/c/d', 8));
      expect(await db.it.forecast('a/b/c/e')).toBeUndefined();
      expect(await Array.fromAsync(db.it.forecasts())).toHaveLength(1);
      expect(await Array.fromAsync(db.it.forecasts('a/b/'))).toHaveLength(1);
      expect(await Array.fromAsync(db.it.forecasts('a/c/'))).toEqual([]);
      expect(await db.it.outlookVersion()).toBe(8);
    });

    test('an Outlook without nodes comes back', async () => {
      await using db = disposable(await open());
      await db.it.publish({ outlook: outlookOf(20, []), forecasts: [], withdrawn: [] });
      expect(await db.it.outlook()).toEqual(outlookOf(20, []));
    });

    test('decisions are found by id, listed newest first, and forgotten when old', async () => {
      await using db = disposable(await open());
      await db.it.recordDecisions([decisionOf('d1', '2026-01-01T00:00:00Z'), decisionOf('d2', '2026-01-02T00:00:00Z')]);
      expect(await db.it.decision('d1')).toEqual(decisionOf('d1', '2026-01-01T00:00:00Z'));
      expect((await db.it.decisions(1)).map((decision) => decision.id)).toEqual(['d2']);
      await db.it.prune(Date.parse('2026-01-01T12:00:00Z') / 1000);
      expect(await db.it.decision('d1')).toBeUndefined();
    });

    test('writers at the same time wait for each other', async () => {
      await using db = disposable(await open());
      const writes = Array.from({ length: 20 }, (_, i) =>
        db.it.recordDecisions([decisionOf(`p${i}`, '2026-02-01T00:00:00Z')]),
      );
      await Promise.all([...writes, db.it.publish({ outlook: outlookOf(30, ['n']), forecasts: [], withdrawn: [] })]);
      expect((await db.it.decisions(100)).filter((decision) => decision.id.startsWith('p'))).toHaveLength(20);
    });
  });
}

function disposable(it: KnowledgeBase): { it: KnowledgeBase } & AsyncDisposable {
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
