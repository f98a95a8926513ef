import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compiledText } from '../../kernel/compile.ts';
import { silentLogger } from '../../src/core/log.ts';
import { AnswerBuffers } from '../../src/extender/answer-buffers.ts';
import { kernelBytes, priorityBytes } from '../../src/extender/answer-bytes.ts';
import { KernelMemory } from '../../src/extender/kernel-memory.ts';
import { MemoryStore } from '../../src/extender/memory-store.ts';
import { NameIndex } from '../../src/extender/name-index.ts';
import { createPlaces, type NamePlaces } from '../../src/extender/name-places.ts';
import { NodeTable } from '../../src/extender/node-table.ts';
import { podLoad } from '../../src/extender/pod-load.ts';
import { createReader } from '../../src/extender/reader.ts';
import { readBytesCall } from '../../src/extender/request-bytes.ts';
import { scoreNodes } from '../../src/extender/score.ts';
import { scorePieces } from '../../src/extender/score-pieces.ts';
import { createScores } from '../../src/extender/scores.ts';
import { nodeView, podView } from '../support/view.ts';
import { namesBody, podObject } from './support/bodies.ts';
import { lookupOf, type NodeLoad, nodeOutlook, startSeconds, steadyForecast } from './support/outlook.ts';
import { trial } from './support/trial.ts';

const GiB = 2 ** 30;

test('the module in src is what its source compiles to', async () => {
  const held = await readFile(new URL('../../src/extender/kernel-code.ts', import.meta.url), 'utf8');
  expect(held).toBe(await compiledText());
});

/** A table in a kernel's memory, and what its answers are put together from. */
function tableOf(
  loads: Readonly<Record<string, NodeLoad>>,
  steps: number,
  fromStep: number,
  store = new MemoryStore(),
) {
  const names = Object.keys(loads);
  const index = new NameIndex(names);
  const pieces = scorePieces(names);
  const space = KernelMemory.of(index.data, pieces, { steps, threads: 2, used: store });
  const table = new NodeTable(nodeOutlook(loads, { steps }), 0.8, (name) => nodeView(name), index, space);
  table.lookFrom(fromStep);
  if (space === undefined || table.kernel === undefined) throw new Error('no kernel');
  return { table, index, pieces, kernel: table.kernel, memory: space.memory };
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9.-]{1,40}$/),
  fc.stringMatching(/^[a-z]{1,3}$/),
  fc.stringMatching(/^[a-z0-9]{200,253}$/),
  fc.constant('node "quoted" ü'),
);
const steps = fc.integer({ min: 1, max: 30 });

function fleetOf(count: number) {
  const amounts = (max: number) => fc.array(fc.integer({ min: 0, max }), { minLength: count, maxLength: count });
  const load = fc.record({
    cpu: fc.oneof(amounts(20_000), fc.constant(Array.from({ length: count }, () => Number.NaN))),
    memory: amounts(80).map((all) => all.map((gibibytes) => gibibytes * GiB)),
    spread: fc.constantFrom(0, 0.05, 0.3),
  });
  return fc.dictionary(name, load, { minKeys: 1, maxKeys: 30 });
}

const cases = steps.chain((count) =>
  fc.record({
    count: fc.constant(count),
    fleet: fleetOf(count),
    fromStep: fc.integer({ min: 0, max: count - 1 }),
    others: fc.array(name, { maxLength: 3 }),
    pod: fc.record({ cpu: fc.integer({ min: 0, max: 16_000 }), memory: fc.integer({ min: 0, max: 70 }) }),
  }),
);

function placesOf({ count, starts, ends, indices }: NamePlaces): readonly number[][] {
  return [starts, ends, indices].map((values) => [...values.subarray(0, count)]);
}

test('the kernel reads, scores and answers as the plain code does', () => {
  fc.assert(
    fc.property(cases, ({ count, fleet, fromStep, others, pod }) => {
      const { table, index, pieces, kernel } = tableOf(fleet, count, fromStep);
      const body = namesBody(podObject('web-1'), [...others, ...Object.keys(fleet), ...others]);
      const plain = readBytesCall(body, index, createPlaces());
      const read = readBytesCall(body, index, createPlaces(), kernel);
      expect(read?.listEnd).toBe(plain?.listEnd);
      if (plain === undefined || read === undefined) return;
      const many = plain.places.count;
      expect(read.places).toBe(kernel.places);
      expect(placesOf(read.places)).toEqual(placesOf(plain.places));
      const forecast = steadyForecast('shop/Deployment/web/app', pod.cpu, pod.memory * GiB);
      const load = podLoad(podView('web-1'), lookupOf(forecast), count);
      const scores = createScores(many);
      scoreNodes(table, plain.places.indices, many, load, scores);
      kernel.scoreNodes(table, load);
      for (let place = 0; place < many; place += 1) {
        const one = kernel.scores.probability[place] ?? Number.NaN;
        const other = scores.probability[place] ?? Number.NaN;
        if (Number.isNaN(other)) expect(one).toBeNaN();
        else expect(Math.abs(one - other)).toBeLessThan(1e-5);
        expect(Math.abs((kernel.scores.score[place] ?? 99) - (scores.score[place] ?? 0))).toBeLessThan(2);
      }
      const answer = kernelBytes(read, kernel, new AnswerBuffers())?.toString() ?? '';
      const same = priorityBytes(plain, kernel.scores.score, pieces, new AnswerBuffers());
      expect(JSON.parse(answer)).toEqual(JSON.parse(same.toString()));
      expect(answer).not.toContain(' {');
    }),
    { numRuns: 300 },
  );
});

test('a list that is not one of plain names goes the plain way, which says what is wrong', () => {
  const { index, kernel } = tableOf({ a: {}, b: {} }, 4, 0);
  const body = (list: string): Buffer => Buffer.from(`{"Pod":{"metadata":{}},"Nodes":null,"NodeNames":${list}}\n`);
  for (const list of ['["a","b"', '["a" ,"b"]', '["a","\\u0062"]', '["a","b",]', '[a]', '["ä"]', '["a"', '["a', '[']) {
    expect(kernel.readNames(body(list), body('').length - 1)).toBe(-1);
    expect(readBytesCall(body(list), index, createPlaces(), kernel)).toBeUndefined();
  }
  expect(readBytesCall(body('["b","c","a"]'), index, createPlaces(), kernel)?.places.indices.slice(0, 3)).toEqual(
    Int32Array.of(1, -1, 0),
  );
  expect(readBytesCall(body('[]'), index, createPlaces(), kernel)?.places.count).toBe(0);
});

describe('a call that has no room in the memory', () => {
  const loads = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`node-${at}`, { cpu: 200 * at }]));

  test('is answered by the plain code: many more names than the fleet has', () => {
    const { extender } = trial({ outlook: nodeOutlook(loads) });
    const names = Array.from({ length: 60_000 }, (_, at) => (at % 3 === 0 ? `stranger-${at}` : `node-${at % 50}`));
    const answer = JSON.parse(extender.prioritize(namesBody(podObject('web-1'), names)).toString());
    expect(answer.map(({ Host }: { Host: string }) => Host)).toEqual(names);
    const alone = JSON.parse(extender.prioritize(namesBody(podObject('web-1'), ['node-49', 'node-1'])).toString());
    expect([answer[49], answer[1]]).toEqual(alone);
    extender.close();
  });

  test('is answered by the plain code: names that come again and again', () => {
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${'n'.repeat(240)}-${at}`, {}]));
    const { extender } = trial({ outlook: nodeOutlook(long) });
    const names = Array.from({ length: 400 }, () => Object.keys(long)[0] ?? '');
    const answer = JSON.parse(extender.prioritize(namesBody(podObject('web-1'), names)).toString());
    expect(answer).toHaveLength(400);
    extender.close();
  });

  test('and a thread without a scratch space score as the others do', async () => {
    const { extender, clock } = trial({ outlook: nodeOutlook(loads), threads: 1 });
    const reader = createReader({
      seat: extender.others.seat(2),
      clock,
      logger: silentLogger,
      maxOutlookAgeSeconds: 3600,
      targetUtilisation: 0.8,
      refuse: true,
      count: () => undefined,
    });
    const body = namesBody(podObject('web-1'), Object.keys(loads));
    const plain = (await reader.prioritize(body)).toString();
    const kernels = extender.prioritize(body).toString();
    expect(plain.length).toBeGreaterThan(kernels.length);
    expect(JSON.parse(plain)).toEqual(JSON.parse(kernels));
    extender.close();
  });
});

describe('memories that are not used any more', () => {
  test('are used again after a rest, and what was in them is gone', () => {
    let now = 0;
    const store = new MemoryStore(1000, () => now);
    const hot = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`node-${at}`, { cpu: 20_000 }]));
    const first = tableOf(hot, 8, 0, store);
    store.give(first.memory);
    now = 999;
    expect(tableOf({ a: {} }, 4, 0, store).memory).not.toBe(first.memory);
    now = 1000;
    const names = ['other', 'node-0'];
    const index = new NameIndex(names);
    const space = KernelMemory.of(index.data, scorePieces(names), { steps: 4, threads: 2, used: store });
    expect(space?.memory).toBe(first.memory);
    // Neither node is known to the cluster: no row of the fleet before may show.
    const table = new NodeTable(nodeOutlook({ other: {}, 'node-0': {} }), 0.8, () => undefined, index, space);
    const kernel = table.kernel;
    const body = namesBody(podObject('web-1'), names);
    readBytesCall(body, index, createPlaces(), kernel);
    kernel?.scoreNodes(table, podLoad(podView('web-1'), lookupOf(), 4));
    expect([...(kernel?.scores.score.subarray(0, 2) ?? [])]).toEqual([5, 5]);
  });

  test('are passed over while they are too small', () => {
    const store = new MemoryStore(0, () => 0);
    store.give(tableOf({ a: {} }, 4, 0, store).memory);
    expect(store.take(2 ** 31)).toBeUndefined();
    expect(store.take(1)).toBeDefined();
    expect(store.take(1)).toBeUndefined();
  });
});

test('an extender goes on where the engine has no addresses left for a memory', () => {
  const { extender } = trial({ outlook: nodeOutlook({ idle: {}, hot: { cpu: 20_000 } }), nowSeconds: startSeconds });
  const body = namesBody(podObject('web-1'), ['idle', 'hot']);
  const before = JSON.parse(extender.prioritize(body).toString());
  for (let version = 2; version < 150; version += 1)
    extender.use(nodeOutlook({ idle: {}, hot: { cpu: 20_000 } }, { version }));
  expect(JSON.parse(extender.prioritize(body).toString())).toEqual(before);
  extender.close();
});
