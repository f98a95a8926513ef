import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import { memoryView, nodeView } from '../support/view.ts';
import {
  filterResult,
  namesBody,
  nodesBody,
  podObject,
  preemptBody,
  preemptNodes,
  scoresOf,
} from './support/bodies.ts';
import { lookupOf, nodeOutlook, startSeconds, steadyForecast, stepSeconds } from './support/outlook.ts';
import { type Trial, trial } from './support/trial.ts';

const GiB = 2 ** 30;
const pod = podObject('web-1');
const loads = { idle: {}, half: { cpu: 6400, memory: 20 * GiB }, hot: { cpu: 18_000 } };
const names = Object.keys(loads);

function scores({ extender }: Trial, asked: readonly string[] = names, object: object = pod) {
  return Object.fromEntries(scoresOf(extender.prioritize(namesBody(object, asked))));
}

test('nodes are scored by the load they will have, in the order of the call', () => {
  const answer = trial({ outlook: nodeOutlook(loads) }).extender.prioritize(namesBody(pod, ['hot', 'idle', 'half']));
  expect([...scoresOf(answer)]).toEqual([
    ['hot', 0],
    ['idle', 10],
    ['half', 6],
  ]);
});

test('the same call is answered the same, byte for byte', () => {
  const [one, other] = [trial({ outlook: nodeOutlook(loads) }), trial({ outlook: nodeOutlook(loads) })];
  const body = namesBody(pod, names);
  const first = one.extender.prioritize(body);
  expect(one.extender.prioritize(body)).toEqual(first);
  expect(other.extender.prioritize(body)).toEqual(first);
});

describe('without anything to go by all nodes are scored alike and none is refused', () => {
  const full = { idle: {}, full: { memory: 80 * GiB, spread: 0.001 } };
  const outlook = nodeOutlook(full);
  test.each<[string, () => Trial, string]>([
    ['before the first Outlook', () => trial(), 'outlook-stale'],
    ['when the Outlook is too old', () => trial({ outlook, nowSeconds: startSeconds + 3601 }), 'outlook-stale'],
    ['when the Outlook is from the future', () => trial({ outlook, nowSeconds: startSeconds - 3601 }), 'outlook-stale'],
    [
      'when its horizon is over',
      () => trial({ outlook: nodeOutlook(full, horizonOver), nowSeconds: over }),
      'outlook-stale',
    ],
    ['before the cluster was read', () => trial({ outlook, view: memoryView({ synced: false }) }), 'not-synced'],
  ])('%s', (_, start, reason) => {
    const { extender, counted } = start();
    const asked = ['full', 'idle', 'other'];
    expect([...scoresOf(extender.prioritize(namesBody(pod, asked))).values()]).toEqual([5, 5, 5]);
    expect(filterResult(extender.filter(namesBody(pod, asked)))).toMatchObject({ NodeNames: asked, FailedNodes: {} });
    expect(preemptNodes(extender.preempt(preemptBody(pod, { full: ['u'] })))).toEqual(['full']);
    expect(counted).toEqual([`prioritize ${reason}`, `filter ${reason}`, `preempt ${reason}`]);
  });
  const over = startSeconds + 4 * stepSeconds;
  const horizonOver = { dataSeconds: over - 10 };
});

test('a pod that cannot be read gets equal scores', () => {
  const { extender, counted } = trial({ outlook: nodeOutlook(loads) });
  for (const object of [{}, { spec: { containers: [] } }, { spec: { containers: [{}] } }, { spec: 'none' }]) {
    expect([...scoresOf(extender.prioritize(namesBody(object, names))).values()]).toEqual([5, 5, 5]);
    expect(filterResult(extender.filter(namesBody(object, names))).NodeNames).toEqual(names);
  }
  expect(new Set(counted)).toEqual(new Set(['prioritize pod-unreadable', 'filter pod-unreadable']));
});

test('nodes that are not in the Outlook stay in the answers, with the middle score', () => {
  const asked = ['new', 'idle', 'new-and-with-a-name-that-is-longer-than-most', 'hot'];
  const one = trial({ outlook: nodeOutlook(loads) });
  expect(scores(one, asked)).toEqual({ new: 5, idle: 10, 'new-and-with-a-name-that-is-longer-than-most': 5, hot: 0 });
  expect(filterResult(one.extender.filter(namesBody(pod, asked))).NodeNames).toEqual(asked);
});

test('a node that the Outlook knows and the cluster does not know yet is learnt as soon as it comes', () => {
  const view = memoryView({ nodes: [nodeView('idle')] });
  const one = trial({ outlook: nodeOutlook({ idle: {}, hot: { cpu: 18_000 } }), view });
  expect(scores(one, ['idle', 'hot'])).toEqual({ idle: 10, hot: 5 });
  view.addNode(nodeView('hot'));
  expect(scores(one, ['idle', 'hot'])).toEqual({ idle: 10, hot: 0 });
});

test('a pod counts by its forecast, and by its requests when it has none', () => {
  const owner = { kind: 'Deployment', name: 'web' };
  const forecasts = lookupOf(steadyForecast('shop/Deployment/web/app', 12_000, GiB));
  const one = trial({ outlook: nodeOutlook({ half: { cpu: 6400 } }), forecasts });
  expect(scores(one, ['half'])).toEqual({ half: 7 });
  expect(scores(one, ['half'], podObject('web-1', { owner }))).toEqual({ half: 0 });
  expect(scores(one, ['half'], podObject('other', { requests: { cpu: '12' } }))).toEqual({ half: 0 });
});

test('a newer Outlook is used at once', () => {
  const one = trial({ outlook: nodeOutlook({ a: {}, b: { cpu: 18_000 } }) });
  expect(scores(one, ['a', 'b'])).toEqual({ a: 10, b: 0 });
  one.view.addNode(nodeView('c'));
  one.extender.use(nodeOutlook({ a: { cpu: 18_000 }, b: {} }, { version: 2 }));
  expect(scores(one, ['a', 'b'])).toEqual({ a: 0, b: 10 });
  one.extender.use(nodeOutlook({ c: { cpu: 18_000 }, b: {}, a: {} }, { version: 3 }));
  expect(scores(one, ['a', 'b', 'c'])).toEqual({ a: 10, b: 10, c: 0 });
});

test('whole nodes are understood, answered as they came, and warned of now and then', () => {
  const { extender, clock, warnings } = trial({
    outlook: nodeOutlook({ ...loads, full: { memory: 80 * GiB, spread: 0 } }),
  });
  const body = nodesBody(pod, ['hot', 'full', 'idle']);
  expect([...scoresOf(extender.prioritize(body))]).toEqual([
    ['hot', 0],
    ['full', 0],
    ['idle', 10],
  ]);
  const { Nodes, NodeNames, FailedNodes } = filterResult(extender.filter(body));
  expect(Nodes?.items.map((node) => node.metadata.name)).toEqual(['hot', 'idle']);
  expect(Nodes?.items[0]).toEqual({ metadata: { name: 'hot', labels: { zone: 'a' } }, status: { phase: 'Running' } });
  expect([NodeNames, Object.keys(FailedNodes)]).toEqual([undefined, ['full']]);
  expect(warnings).toEqual([expect.stringContaining('nodeCacheCapable: true')]);
  clock.set(clock.nowSeconds() + 601);
  extender.filter(body);
  expect(warnings).toHaveLength(2);
});

test('a body that is none of the scheduler’s is an error, and counted', () => {
  const { extender, counted } = trial({ outlook: nodeOutlook(loads) });
  for (const verb of ['filter', 'prioritize', 'preempt'] as const) {
    expect(() => extender[verb](Buffer.from('{"Pod":'))).toThrow(BarographError);
    expect(() => extender[verb](Buffer.from('{}'))).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  }
  expect(counted).toEqual(
    ['filter', 'filter', 'prioritize', 'prioritize', 'preempt', 'preempt'].map((verb) => `${verb} invalid`),
  );
});

test('nodes of any number get an answer, in calls that grow and shrink', () => {
  const many = Array.from({ length: 3000 }, (_, at) => `node-${at}`);
  const one = trial({ outlook: nodeOutlook(Object.fromEntries(many.map((name, at) => [name, { cpu: at * 5 }]))) });
  for (const count of [3, 3000, 0, 1500]) {
    const asked = many.slice(0, count);
    expect(Object.keys(scores(one, asked))).toEqual(asked);
    expect(filterResult(one.extender.filter(namesBody(pod, asked))).NodeNames).toEqual(asked);
  }
});

test('however a call is written, the answer means the same', () => {
  const known = fc.constantFrom(...names, 'full');
  const asked = fc.uniqueArray(fc.oneof(known, fc.string({ unit: 'grapheme', minLength: 1 })), { maxLength: 30 });
  const amount = fc.nat(200_000);
  const outlook = nodeOutlook({ ...loads, full: { memory: 80 * GiB, spread: 0.001 } });
  fc.assert(
    fc.property(asked, amount, amount, (list, cpu, mebibytes) => {
      const one = trial({ outlook });
      const object = podObject('web-1', { requests: { cpu: `${cpu}m`, memory: `${mebibytes}Mi` } });
      const bodies = [
        namesBody(object, list),
        Buffer.from(JSON.stringify({ nodenames: list, pod: object }, undefined, 2)),
        nodesBody(object, list),
      ];
      const scored = bodies.map((body) => [...scoresOf(one.extender.prioritize(body))]);
      expect(scored[0]?.map(([name]) => name)).toEqual(list);
      for (const [, score] of scored[0] ?? []) expect(Number.isInteger(score) && score >= 0 && score <= 10).toBe(true);
      const filtered = bodies.map((body) => {
        const { NodeNames, Nodes, ...failures } = filterResult(one.extender.filter(body));
        return { ...failures, kept: NodeNames ?? Nodes?.items.map((node) => node.metadata.name) };
      });
      for (const at of [1, 2]) {
        expect(scored[at]).toEqual(scored[0]);
        expect(filtered[at]).toEqual(filtered[0]);
      }
      const { kept, FailedNodes = {}, FailedAndUnresolvableNodes = {} } = filtered[0] ?? {};
      const left = [...Object.keys(FailedNodes), ...Object.keys(FailedAndUnresolvableNodes)];
      expect([...(kept ?? []), ...left].toSorted()).toEqual(list.toSorted());
      if (list.length > 0) expect(kept).not.toEqual([]);
    }),
  );
});
