import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/core/log.ts';
import { createReader, type ExtenderReader } from '../../src/extender/reader.ts';
import { memoryView, nodeView, podView } from '../support/view.ts';
import { filterResult, namesBody, podObject, scoresOf } from './support/bodies.ts';
import { lookupOf, type NodeLoad, nodeOutlook, startSeconds, steadyForecast } from './support/outlook.ts';
import { type Trial, type TrialOptions, trial } from './support/trial.ts';

const GiB = 2 ** 30;
const file = new URL('./support/reader-thread.ts', import.meta.url);
const loads = { idle: {}, half: { cpu: 6400 }, hot: { cpu: 18_000 }, full: { memory: 63.9 * GiB, spread: 0.001 } };
const names = [...Object.keys(loads), 'new'];
const deployment = { owner: { kind: 'ReplicaSet', name: 'web-1' } };

interface Pair extends Trial {
  readonly reader: ExtenderReader;
  /** `verb outcome` of the reader's calls. */
  readonly read: string[];
}

/** An extender, and a reader that answers from its tables; here both are on one thread. */
function pair(options: TrialOptions = {}): Pair {
  const one = trial({ outlook: nodeOutlook(loads), ...options });
  const read: string[] = [];
  const reader = createReader({
    seat: one.extender.others.seat(2),
    clock: one.clock,
    logger: silentLogger,
    maxOutlookAgeSeconds: 3600,
    targetUtilisation: 0.8,
    refuse: options.refuse ?? true,
    count: (verb, outcome) => read.push(`${verb} ${outcome}`),
  });
  return { ...one, reader, read };
}

describe('a thread that reads', () => {
  test('answers what the thread that writes answers', async () => {
    const load = fc.record({
      cpu: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 4, maxLength: 4 }),
      memory: fc.integer({ min: 0, max: 80 }).map((gibibytes) => gibibytes * GiB),
    });
    const fleet = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), load, { minKeys: 1, maxKeys: 20 });
    const request = fc.record({ cpu: fc.integer({ min: 1, max: 16 }), memory: fc.integer({ min: 1, max: 70 }) });
    await fc.assert(
      fc.asyncProperty(fleet, request, fc.integer({ min: 0, max: 3 }), async (nodes, { cpu, memory }, step) => {
        const one = pair({ outlook: nodeOutlook(nodes), nowSeconds: startSeconds + step * 1800 });
        const pod = podObject('web-1', { ...deployment, requests: { cpu: `${cpu}`, memory: `${memory}Gi` } });
        const body = namesBody(pod, [...Object.keys(nodes), 'unknown']);
        for (const verb of ['filter', 'prioritize'] as const) {
          expect((await one.reader[verb](body)).toString()).toBe(one.extender[verb](body).toString());
        }
        expect(one.read).toEqual(one.counted);
        one.extender.close();
      }),
      { numRuns: 60 },
    );
  });

  test('follows what changes: pods, steps, an Outlook of other nodes', async () => {
    const { extender, reader, view, clock } = pair();
    const body = namesBody(podObject('web-1'), names);
    const same = async (): Promise<void> => {
      expect((await reader.prioritize(body)).toString()).toBe(extender.prioritize(body).toString());
    };
    await same();
    const before = scoresOf(await reader.prioritize(body)).get('idle');
    view.addPod(podView('big-1', { node: 'idle', containers: [{ name: 'app', requests: { cpu: 9000, memory: 0 } }] }));
    await same();
    expect(scoresOf(await reader.prioritize(body)).get('idle')).toBeLessThan(before ?? 0);
    clock.set(startSeconds + 1800);
    await same();
    extender.use(nodeOutlook({ new: {}, idle: { cpu: 18_000 } }, { version: 2, dataSeconds: startSeconds + 1800 }));
    await same();
    extender.close();
  });

  test('asks for the load of pods once where they are alike, and anew after an Outlook', async () => {
    const asked: string[] = [];
    const known = lookupOf(steadyForecast('shop/Deployment/web/app', 9000, GiB));
    const forecasts = {
      get: (id: string) => {
        asked.push(id);
        return known.get(id);
      },
    };
    const owners = { 'shop/ReplicaSet/web-1': { kind: 'Deployment', name: 'web', controller: true } };
    const view = memoryView({ nodes: Object.keys(loads).map((name) => nodeView(name)), owners });
    const { extender, reader, read } = pair({ forecasts, view });
    const call = (name: string): Promise<Buffer> | Buffer =>
      reader.prioritize(namesBody(podObject(name, deployment), names));
    expect(scoresOf(await call('web-1-a')).get('half')).toBe(scoresOf(await call('web-1-b')).get('half'));
    const first = asked.length;
    expect(first).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(new Set(['shop/Deployment/web/app']));
    expect(Buffer.isBuffer(call('web-1-c'))).toBe(true);
    expect(asked.length).toBe(first);
    extender.use(nodeOutlook(loads, { version: 2 }));
    await call('web-1-d');
    expect(asked.length).toBeGreaterThan(first);
    expect(new Set(read)).toEqual(new Set(['prioritize scored']));
    extender.close();
  });

  test('takes a load with a container that has no forecast yet for a few seconds only', async () => {
    const { extender, reader, clock } = pair();
    const body = namesBody(podObject('web-1', deployment), names);
    await reader.prioritize(body);
    expect(Buffer.isBuffer(reader.prioritize(body))).toBe(true);
    clock.set(startSeconds + 6);
    expect(Buffer.isBuffer(reader.prioritize(body))).toBe(false);
    extender.close();
  });

  test('asks nobody what a pod without a controller will use, unless a pod of that name has a forecast', async () => {
    const forecast = steadyForecast('shop/Pod/known/app', 9000, GiB);
    const known = lookupOf(forecast);
    const forecasts = { get: (id: string) => known.get(id), barePods: new Set([forecast.id]) };
    const { extender, reader } = pair({ forecasts });
    const call = (verb: 'filter' | 'prioritize', name: string): Promise<Buffer> | Buffer => {
      const body = namesBody(podObject(name, { requests: { cpu: '2', memory: '1Gi' } }), names);
      const answer = reader[verb](body);
      expect(Buffer.isBuffer(answer)).toBe(name !== 'known');
      return answer;
    };
    for (const verb of ['filter', 'prioritize'] as const) {
      for (const name of ['known', 'unknown']) {
        const body = namesBody(podObject(name, { requests: { cpu: '2', memory: '1Gi' } }), names);
        expect((await call(verb, name)).toString()).toBe(extender[verb](body).toString());
      }
      extender.use(nodeOutlook(loads, { version: verb === 'filter' ? 2 : 3 }));
    }
    extender.close();
  });

  test('scores alike and refuses nothing before there is an Outlook, and when it is too old', async () => {
    const none = pair({ outlook: undefined as never });
    const body = namesBody(podObject('web-1'), names);
    expect(new Set(scoresOf(await none.reader.prioritize(body)).values())).toEqual(new Set([5]));
    const old = pair({ nowSeconds: startSeconds + 4000 });
    expect(new Set(scoresOf(await old.reader.prioritize(body)).values())).toEqual(new Set([5]));
    expect(filterResult(await old.reader.filter(body)).NodeNames).toEqual(names);
    expect([...none.read, ...old.read]).toEqual([
      'prioritize outlook-stale',
      'prioritize outlook-stale',
      'filter outlook-stale',
    ]);
  });

  test('is told that the cluster was not read yet, and when it was', async () => {
    const view = memoryView({ nodes: Object.keys(loads).map((name) => nodeView(name)), synced: false });
    const { extender, reader, read } = pair({ view });
    const body = namesBody(podObject('web-1'), names);
    await reader.prioritize(body);
    view.setSynced(true);
    await reader.prioritize(body);
    expect(read).toEqual(['prioritize not-synced', 'prioritize scored']);
    extender.close();
  });

  test('learns a node that the cluster did not know, some moments later', async () => {
    const view = memoryView({ nodes: [nodeView('half')] });
    const { extender, reader } = pair({ view });
    const body = namesBody(podObject('web-1'), names);
    expect(scoresOf(await reader.prioritize(body)).get('idle')).toBe(5);
    view.addNode(nodeView('idle'));
    await expect.poll(async () => scoresOf(await reader.prioritize(body)).get('idle'), { timeout: 5000 }).toBe(10);
    extender.close();
  });

  test('refuses a body that is none of the scheduler', () => {
    const { reader, read, extender } = pair();
    expect(() => reader.filter(Buffer.from('{'))).toThrow(/ExtenderArgs/);
    expect(read).toEqual(['filter invalid']);
    extender.close();
  });
});

describe('a placement', () => {
  const annotations = { 'barograph.dev/decision': '01ABC; enforce; cpu 1 -> 250m' };
  const decision = annotations['barograph.dev/decision'];

  test('is told by the thread that scored the pod last', async () => {
    const { extender, reader, view, placed, clock } = pair();
    const body = namesBody(podObject('web-1', { annotations }), names);
    view.addPod(podView('web-1', { decision }));
    extender.prioritize(body);
    clock.set(startSeconds + 1);
    await reader.prioritize(namesBody(podObject('web-1', { annotations }), ['half']));
    view.bindPod('shop', 'web-1', 'half');
    await expect.poll(() => placed.get('01ABC')?.reason).toMatch(/none of 1 node scored did better$/);
    extender.close();
  });

  test('that was missed is told after the pods were listed anew', async () => {
    const view = memoryView({ nodes: Object.keys(loads).map((name) => nodeView(name)) });
    const { extender, reader, placed } = pair({ view });
    await reader.prioritize(namesBody(podObject('web-1', { annotations }), names));
    view.setSynced(false);
    view.addPod(podView('web-1', { decision, node: undefined }));
    view.bindPod('shop', 'web-1', 'idle');
    view.setSynced(true);
    await expect.poll(() => placed.get('01ABC')?.node).toBe('idle');
    extender.close();
  });
});

test('while tables are swapped and pods come and go, every answer of another thread is of one Outlook', async () => {
  // Two fleets in opposite order whose nodes are idle or hot by turns: indices of one and rows of the other would show.
  const fleet = Array.from({ length: 200 }, (_, at) => `node-${String(at).padStart(3, '0')}`);
  const loadsOf = (of: readonly string[], hot: number): Record<string, NodeLoad> =>
    Object.fromEntries(of.map((name, at) => [name, (at + hot) % 2 === 0 ? { cpu: 20_000 } : {}]));
  const outlooks = [
    nodeOutlook(loadsOf(fleet, 0), { version: 1 }),
    nodeOutlook(loadsOf([...fleet].reverse(), 0), { version: 2 }),
    nodeOutlook(loadsOf(fleet, 1), { version: 3 }),
  ];
  const one = trial({ outlook: outlooks[0] ?? nodeOutlook({}) });
  const body = namesBody(podObject('web-1', deployment), fleet);
  const allowed = new Set(
    outlooks.map((outlook) => {
      one.extender.use(outlook);
      return textOf(one.extender.prioritize(body));
    }),
  );
  const seat = one.extender.others.seat(2);
  const worker = new Worker(file, { workerData: { seat, body: Uint8Array.from(body) }, transferList: [seat.port] });
  let varied = false;
  worker.once('message', () => {
    varied = true;
  });
  for (let i = 0; i < 500 || !varied; i += 1) {
    const outlook = outlooks[i % outlooks.length];
    if (outlook !== undefined) one.extender.use(outlook);
    // A pod that weighs nothing: rows are written while the other thread reads.
    one.view.addPod(podView(`light-${i % 10}`, { node: fleet[i % 200], containers: [] }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const said = once(worker, 'message');
  worker.postMessage('enough');
  const [{ answers, calls }] = (await said) as [{ answers: readonly string[]; calls: number }];
  const told = answers.map((answer) => textOf(Buffer.from(answer)));
  expect(calls).toBeGreaterThan(10);
  expect(told.filter((answer) => !allowed.has(answer))).toEqual([]);
  expect(new Set(told).size).toBeGreaterThan(1);
  one.extender.close();
  await worker.terminate();
});

/** An answer without the spaces that the plain code puts into it: there are more tables here than the engine has addresses for. */
function textOf(answer: Buffer): string {
  return JSON.stringify(JSON.parse(answer.toString()));
}
