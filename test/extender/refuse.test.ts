import { expect, test } from 'vitest';
import type { PodView } from '../../src/cluster/view.ts';
import { podView } from '../support/view.ts';
import { filterResult, namesBody, podObject, preemptBody, preemptNodes } from './support/bodies.ts';
import { nodeOutlook } from './support/outlook.ts';
import { trial } from './support/trial.ts';

const GiB = 2 ** 30;
const pod = podObject('web-1', { requests: { cpu: '1', memory: '8Gi' } });
const loads = { calm: { memory: 10 * GiB }, full: { memory: 63 * GiB, spread: 0.001 }, busy: { cpu: 40_000 } };
const names = Object.keys(loads);

test('a node whose memory would certainly run out is refused with a reason, one that lacks CPU is not', () => {
  const { extender, counted } = trial({ outlook: nodeOutlook(loads) });
  const result = filterResult(extender.filter(namesBody(pod, names)));
  expect(result).toEqual({
    NodeNames: ['calm', 'busy'],
    FailedNodes: { full: "barograph: forecast memory with this pod's 8192Mi exceeds what the node can allocate" },
    FailedAndUnresolvableNodes: {},
    Error: '',
  });
  expect(counted).toEqual(['filter refused']);
});

test('a pod that alone needs more than the node has is not to be helped by preemption', () => {
  const { extender } = trial({ outlook: nodeOutlook({ ...loads, large: {} }) });
  const huge = podObject('web-1', { requests: { memory: '400Gi' } });
  // A node that is not in the Outlook is never refused.
  const result = filterResult(extender.filter(namesBody(huge, [...names, 'new'])));
  expect(result.NodeNames).toEqual(['new']);
  expect(result.FailedNodes).toEqual({});
  expect(Object.keys(result.FailedAndUnresolvableNodes)).toEqual(names);
  expect(result.FailedAndUnresolvableNodes.calm).toBe(
    "barograph: this pod's forecast memory of 409600Mi exceeds all that the node can allocate",
  );
});

test('when all would be refused, none is', () => {
  const { extender, counted } = trial({ outlook: nodeOutlook(loads) });
  const result = filterResult(extender.filter(namesBody(pod, ['full', 'full'])));
  expect(result).toMatchObject({ NodeNames: ['full', 'full'], FailedNodes: {}, FailedAndUnresolvableNodes: {} });
  expect(counted).toEqual(['filter all-refused']);
});

test('a forecast that is not sure refuses nobody', () => {
  const outlook = nodeOutlook({ calm: {}, perhaps: { memory: 63 * GiB, spread: 0.2 } });
  const result = filterResult(trial({ outlook }).extender.filter(namesBody(pod, ['calm', 'perhaps'])));
  expect(result.NodeNames).toEqual(['calm', 'perhaps']);
});

test('only what is forecast for now refuses', () => {
  const outlook = nodeOutlook({ calm: {}, later: { memory: [0, 63 * GiB, 0, 0], spread: 0.001 } });
  const { extender, clock } = trial({ outlook });
  const asked = (): readonly string[] | undefined =>
    filterResult(extender.filter(namesBody(pod, ['calm', 'later']))).NodeNames;
  expect(asked()).toEqual(['calm', 'later']);
  clock.set(clock.nowSeconds() + 1800);
  expect(asked()).toEqual(['calm']);
});

test('refused names are left out wherever they stand', () => {
  const outlook = nodeOutlook({ a: {}, b: {}, x: { memory: 63 * GiB, spread: 0.001 } });
  const { extender } = trial({ outlook });
  for (const asked of ['xa', 'ax', 'xxa', 'axxb', 'xaxbx', 'abx', 'xab', 'xuax']) {
    const result = filterResult(extender.filter(namesBody(pod, [...asked])));
    expect(result.NodeNames, asked).toEqual([...asked].filter((name) => name !== 'x'));
    expect(Object.keys(result.FailedNodes)).toEqual(['x']);
  }
});

test('an admin can switch refusing off', () => {
  const { extender, counted } = trial({ outlook: nodeOutlook(loads), refuse: false });
  expect(filterResult(extender.filter(namesBody(pod, names))).NodeNames).toEqual(names);
  expect(preemptNodes(extender.preempt(preemptBody(pod, { full: [] })))).toEqual(['full']);
  expect(counted).toEqual(['filter off', 'preempt off']);
});

const victim: PodView = podView('old-1', {
  node: 'full',
  containers: [{ name: 'app', requests: { cpu: 0, memory: 20 * GiB } }],
});

test('preemption leaves out nodes that would be full even without their victims', () => {
  const outlook = nodeOutlook({ calm: {}, full: { memory: 60 * GiB, spread: 0.001 } });
  const { extender, counted } = trial({ outlook, pods: [victim, podView('old-2', { node: 'full' })] });
  const kept = (uids: readonly string[]): readonly string[] =>
    preemptNodes(extender.preempt(preemptBody(pod, { calm: [], full: uids })));
  expect(kept(['uid-shop-old-1'])).toEqual(['calm', 'full']);
  expect(kept(['uid-shop-old-2'])).toEqual(['calm']);
  // It may be anything.
  expect(kept(['uid-unknown'])).toEqual(['calm', 'full']);
  expect(counted).toEqual(['preempt kept', 'preempt refused', 'preempt kept']);
});
