import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { createRecorder } from '../../src/webhook/recorder.ts';
import { decisionOf } from '../support/samples.ts';

const time = '2026-01-01T00:00:00.000Z';
const placement = { node: 'node-1', score: 9, reason: 'quiet' };
let knowledge: KnowledgeBase;

afterEach(() => knowledge.close());

async function open(): Promise<KnowledgeBase> {
  knowledge = await openSqlite(':memory:');
  return knowledge;
}

/** A knowledge base whose writes fail until it is mended. */
function breakable(whole: KnowledgeBase): KnowledgeBase & { broken: boolean } {
  const state = { broken: true };
  return new Proxy(whole, {
    get(target, key) {
      if (key === 'broken') return state.broken;
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (state.broken && key === 'recordDecisions') return Promise.reject(new TypeError('disk is full'));
        return Reflect.apply(value, target, args);
      };
    },
    set(_, key, value) {
      if (key === 'broken') state.broken = value as boolean;
      return true;
    },
  }) as KnowledgeBase & { broken: boolean };
}

describe('a recorder', () => {
  test('finds what is recorded at once, and after it is written', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.record(decisionOf('a', time));
    expect(await recorder.find('a')).toEqual(decisionOf('a', time));
    expect(recorder.recent('a')).toEqual(decisionOf('a', time));
    expect(await recorder.find('b')).toBeUndefined();
    await recorder.close();
    expect(await knowledge.decision('a')).toEqual(decisionOf('a', time));
    expect(await recorder.find('a')).toEqual(decisionOf('a', time));
  });

  test('writes in the background', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.record(decisionOf('a', time));
    await expect.poll(() => knowledge.decision('a'), { timeout: 5000 }).toBeDefined();
    await recorder.close();
  });

  test('lists the newest first, those that are not written yet before all others', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    await knowledge.recordDecisions([decisionOf('a', time), decisionOf('b', time)]);
    recorder.record(decisionOf('c', time));
    recorder.record(decisionOf('d', time));
    expect((await recorder.latest(3)).map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    await recorder.close();
    expect((await recorder.latest(9)).map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  });

  test('keeps the later of two decisions of one id', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.record(decisionOf('a', time));
    recorder.record({ ...decisionOf('a', time), warnings: ['later'] });
    expect(await recorder.find('a')).toMatchObject({ warnings: ['later'] });
    await recorder.close();
    expect(await knowledge.decisions(9)).toMatchObject([{ id: 'a', warnings: ['later'] }]);
  });

  test('keeps what cannot be written now and tries again', async () => {
    const broken = breakable(await open());
    const recorder = createRecorder(broken, silentLogger);
    recorder.record(decisionOf('a', time));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await recorder.find('a')).toBeDefined();
    broken.broken = false;
    await recorder.close();
    expect(await knowledge.decision('a')).toBeDefined();
  });

  test('drops and counts what comes after ten thousand that cannot be written', async () => {
    const recorder = createRecorder(breakable(await open()), silentLogger);
    for (let i = 0; i < 10_005; i += 1) recorder.record(decisionOf(`d${i}`, time));
    expect(recorder.dropped).toBe(5);
    await recorder.close();
  });

  test('closes with all that is waiting', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    for (let i = 0; i < 1300; i += 1) recorder.record(decisionOf(`d${i}`, time));
    await recorder.close();
    expect(await knowledge.decisions(2000)).toHaveLength(1300);
  });
});

describe('a placement', () => {
  test('goes into a decision that waits to be written', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.record(decisionOf('a', time));
    recorder.place('a', placement);
    expect(await recorder.find('a')).toMatchObject({ placement });
    expect(await recorder.latest(1)).toMatchObject([{ placement }]);
    await recorder.close();
    expect(await knowledge.decision('a')).toMatchObject({ placement });
  });

  test('goes into a decision that is written already, which keeps its place among the others', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    await knowledge.recordDecisions([decisionOf('a', time), decisionOf('b', time)]);
    recorder.place('a', placement);
    expect(await recorder.find('a')).toMatchObject({ placement });
    await recorder.close();
    expect(await knowledge.decisions(9)).toMatchObject([
      { id: 'b', placement: null },
      { id: 'a', placement },
    ]);
  });

  test('waits for a decision that another replica has not written yet', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.place('a', placement);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await knowledge.recordDecisions([decisionOf('a', time)]);
    await expect.poll(() => knowledge.decision('a'), { timeout: 5000 }).toMatchObject({ placement });
    await recorder.close();
  });

  test('of an unknown decision makes none', async () => {
    const recorder = createRecorder(await open(), silentLogger);
    recorder.place('nobody', placement);
    await recorder.close();
    expect(await knowledge.decisions(9)).toEqual([]);
  });
});
