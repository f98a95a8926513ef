import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  clusterStartMilliseconds,
  createPod,
  type ExtendedCluster,
  nodeOf,
  pickyExtender,
  place,
  refusalOf,
  removePods,
  startExtendedCluster,
} from '../extender/support/on-cluster.ts';
import { clusterAvailable } from './available.ts';

const skip = clusterAvailable();
const GiB = 2 ** 30;
const names = (stem: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${stem}-${at}`);

// Of a node; the scheduler alone spreads such pods evenly.
const eighth = { requests: { cpu: '2', memory: '8Gi' } };

describe.skipIf(skip !== undefined)(`kube-scheduler with the extender${skip === undefined ? '' : ` (${skip})`}`, () => {
  let own: ExtendedCluster;

  beforeAll(async () => {
    own = await startExtendedCluster(3);
    await own.useScheduler(true);
  }, clusterStartMilliseconds);

  afterEach(async () => {
    await removePods(own);
    own.counted.length = 0;
  });

  afterAll(() => own?.stop(), 60_000);

  test('keeps pods off a node that will be hot, and goes by the newest Outlook', async () => {
    own.publish({ 'node-0': { cpu: [0, 18_000, 18_000, 18_000] }, 'node-1': {}, 'node-2': {} });
    const first = await place(own, names('first', 6));
    expect(first).not.toContain('node-0');
    own.publish({ 'node-0': {}, 'node-1': { cpu: 18_000 }, 'node-2': { cpu: 18_000 } });
    const second = await place(own, names('second', 3));
    expect(new Set(second)).toEqual(new Set(['node-0']));
    expect(own.counted.filter((call) => call === 'prioritize scored')).toHaveLength(9);
    expect(own.counted.filter((call) => call === 'filter kept')).toHaveLength(9);
  });

  test('counts pods that were just placed by their forecast, before any measurement holds them', async () => {
    // Of 12.8 cores: two pods of five are better off alone than beside six cores, a third is not.
    own.publish({ 'node-0': {}, 'node-1': { cpu: 6000 }, 'node-2': { cpu: 6000 } });
    const [first, second, ...more] = await place(own, names('heavy', 4));
    expect([first, second]).toEqual(['node-0', 'node-0']);
    expect(more).not.toContain('node-0');
  });

  test('leaves out a node that would run out of memory', async () => {
    own.publish({
      'node-0': { memory: 70 * GiB, spread: 0.001 },
      'node-1': { cpu: 18_000 },
      'node-2': { cpu: 18_000 },
    });
    expect(await place(own, names('web', 4))).not.toContain('node-0');
    expect(own.counted).toContain('filter refused');
  });

  test('still places pods when every node would be refused', async () => {
    const full = { memory: 70 * GiB, spread: 0.001 };
    own.publish({ 'node-0': full, 'node-1': full, 'node-2': full });
    expect(await place(own, ['web-0'])).toHaveLength(1);
    expect(own.counted).toContain('filter all-refused');
  });

  test('does not evict pods on a node that would run out of memory all the same', async () => {
    await own.cluster.api.create('/apis/scheduling.k8s.io/v1/priorityclasses', {
      metadata: { name: 'urgent' },
      value: 1000,
    });
    own.publish({ 'node-0': { memory: 70 * GiB, spread: 0.001 }, 'node-1': {}, 'node-2': {} });
    const large = { requests: { cpu: '12', memory: '1Gi' } };
    await Promise.all([0, 1, 2].map((at) => createPod(own, `low-${at}`, { ...large, nodeName: `node-${at}` })));
    await Promise.all([0, 1, 2].map((at) => nodeOf(own, `low-${at}`)));
    const nodes = await place(own, ['urgent-0', 'urgent-1'], { ...large, priorityClassName: 'urgent' });
    expect(nodes.toSorted()).toEqual(['node-1', 'node-2']);
    expect(own.counted).toContain('preempt refused');
  });

  test('says in the pod’s events why a node was left out', async () => {
    // Barograph never refuses all nodes, so that it takes somebody else to make a pod unschedulable.
    await own.useScheduler(true, pickyExtender(own.edge));
    own.publish({ 'node-0': { memory: 70 * GiB, spread: 0.001 }, 'node-1': {}, 'node-2': {} });
    await createPod(own, 'web-0');
    const message = await refusalOf(own, 'web-0');
    expect(message).toContain('0/3 nodes are available');
    expect(message).toContain("1 barograph: forecast memory with this pod's 16Mi exceeds what the node can allocate");
    expect(message).toContain('2 picky: no');
  });

  test('places pods as if there were none while nothing is forecast', async () => {
    await own.useScheduler(true);
    own.extender.use({ ...emptyOutlook, dataSeconds: 0 });
    expect(await place(own, names('web', 6), eighth)).toEqual(expect.arrayContaining(['node-0', 'node-1', 'node-2']));
    expect(new Set(own.counted)).toEqual(new Set(['filter outlook-stale', 'prioritize outlook-stale']));
  });

  test('places pods while the extender is down', async () => {
    await own.edge.server.close(1);
    expect(await place(own, names('web', 6), eighth)).toEqual(expect.arrayContaining(['node-0', 'node-1', 'node-2']));
    expect(own.counted).toEqual([]);
  });
});

const none = new Float32Array(0);
const emptyOutlook = {
  version: 1,
  madeSeconds: 0,
  horizonStartSeconds: 0,
  stepSeconds: 1800,
  steps: 1,
  containers: 0,
  nodes: { names: [], attributed: true, mean: { cpu: none, memory: none }, variance: { cpu: none, memory: none } },
};
