import { expect, test } from 'vitest';
import { memoryView, nodeView, podView } from '../support/view.ts';
import { namesBody, podObject } from './support/bodies.ts';
import { nodeOutlook } from './support/outlook.ts';
import { trial } from './support/trial.ts';

const loads = { idle: {}, half: { cpu: 6400 }, hot: { cpu: 18_000 } };
const decision = '01ABC; enforce; cpu 1 -> 250m';
const annotations = { 'barograph.dev/decision': decision };
const names = [...Object.keys(loads), 'new'];

function scored(...pods: readonly string[]) {
  const one = trial({ outlook: nodeOutlook(loads) });
  for (const name of pods) {
    one.view.addPod(podView(name, { decision }));
    one.extender.prioritize(namesBody(podObject(name, { annotations }), names));
  }
  return one;
}

test('what was scored is told when the pod is bound', () => {
  const { view, placed } = scored('web-1');
  expect(placed.size).toBe(0);
  view.bindPod('shop', 'web-1', 'half');
  expect(placed.get('01ABC')).toEqual({
    node: 'half',
    score: 7,
    reason:
      'over the next 2 h half is forecast to use 46 % of its CPU and 2 % of its memory with this pod, and to stay within 80 % ' +
      'with a probability of 100 %: 7 of 10, 1 of 4 nodes scored did better',
  });
});

test('a placement is told once, and of pods with a decision only', () => {
  const { view, placed, extender } = scored('web-1');
  extender.prioritize(namesBody(podObject('plain-1'), names));
  view.addPod(podView('plain-1'));
  view.bindPod('shop', 'web-1', 'idle');
  expect(placed.get('01ABC')?.reason).toMatch(/none of 4 nodes scored did better$/);
  (placed as Map<string, unknown>).clear();
  view.bindPod('shop', 'plain-1', 'idle');
  view.addPod(podView('web-1', { decision, node: 'idle', priority: 1 }));
  expect(placed.size).toBe(0);
});

test('a node of which nothing is forecast is said to be one', () => {
  const { view, placed } = scored('web-1');
  view.bindPod('shop', 'web-1', 'new');
  expect(placed.get('01ABC')).toEqual({
    node: 'new',
    score: 5,
    reason: 'nothing is forecast for new: it got the neutral score of 5',
  });
});

test('a binding that was missed is told after the pods were listed anew', () => {
  const view = memoryView({ nodes: Object.keys(loads).map((name) => nodeView(name)) });
  const { extender, placed } = trial({ outlook: nodeOutlook(loads), view });
  extender.prioritize(namesBody(podObject('web-1', { annotations }), names));
  view.setSynced(false);
  const missed = memoryView({ pods: [podView('web-1', { decision, node: 'idle' })] });
  Object.assign(view, { pods: () => missed.pods() });
  view.setSynced(true);
  expect(placed.get('01ABC')?.node).toBe('idle');
});

test('nothing is told after the end', () => {
  const { view, placed, extender } = scored('web-1');
  extender.close();
  view.bindPod('shop', 'web-1', 'idle');
  expect(placed.size).toBe(0);
});

test('what is remembered is bounded', () => {
  const many = Array.from({ length: 5000 }, (_, at) => `node-${at}`);
  const { extender, view, placed } = trial({
    threads: 1,
    outlook: nodeOutlook(Object.fromEntries(many.map((name) => [name, {}]))),
  });
  const uids = Array.from({ length: 450 }, (_, at) => `web-${at}`);
  for (const name of uids) {
    const own = { 'barograph.dev/decision': `${name}; enforce; cpu` };
    extender.prioritize(namesBody(podObject(name, { annotations: own }), many));
  }
  for (const name of uids) view.addPod(podView(name, { decision: `${name}; enforce; cpu`, node: 'node-7' }));
  expect([placed.has('web-0'), placed.has('web-449')]).toEqual([false, true]);
  expect(placed.size).toBe(Math.floor(2 ** 21 / 5000));
});
