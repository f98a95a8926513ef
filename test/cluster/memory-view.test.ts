import { expect, test } from 'vitest';
import type { PodView } from '../../src/cluster/view.ts';
import { memoryView, namespaceView, nodeView, podView } from '../support/view.ts';

type Told = readonly [string | undefined, string | undefined];

function told(view: ReturnType<typeof memoryView>): Told[] {
  const all: Told[] = [];
  const place = (pod: PodView | undefined): string | undefined =>
    pod === undefined ? undefined : (pod.node ?? 'none');
  view.onPodChange((before, after) => all.push([place(before), place(after)]));
  return all;
}

test('listeners hear of pods from their binding on', () => {
  const view = memoryView();
  const heard = told(view);
  view.addPod(podView('web-1'));
  expect(view.bindPod('shop', 'web-1', 'node-0', 7)?.scheduledSeconds).toBe(7);
  view.removePod('shop', 'web-1');
  view.removePod('shop', 'web-1');
  expect(view.bindPod('shop', 'web-1', 'node-0')).toBeUndefined();
  expect(heard).toEqual([
    ['none', 'node-0'],
    ['node-0', undefined],
  ]);
  expect([...view.pods()]).toEqual([]);
});

test('becoming synced is told as a relist', () => {
  const view = memoryView({ synced: false });
  const heard = told(view);
  expect(view.synced).toBe(false);
  view.setSynced(true);
  view.setSynced(true);
  expect([view.synced, heard]).toEqual([true, [[undefined, undefined]]]);
});

test('the largest node of an operating system may be cordoned, and then does not count', () => {
  const view = memoryView({
    nodes: [
      nodeView('small'),
      nodeView('large', { schedulable: false, allocatable: { cpu: 64_000, memory: 1 } }),
      nodeView('windows', { labels: { 'kubernetes.io/os': 'windows' }, allocatable: { cpu: 8000, memory: 2 } }),
    ],
  });
  expect(view.largestNode('linux')).toEqual({ cpu: 16_000, memory: 64 * 2 ** 30 });
  expect(view.largestNode('windows')).toEqual({ cpu: 8000, memory: 2 });
  view.removeNode('windows');
  expect(view.largestNode('windows')).toBeUndefined();
  view.addNode(nodeView('large', { allocatable: { cpu: 64_000, memory: 1 } }));
  expect(view.largestNode('linux')?.cpu).toBe(64_000);
});

test('what it was given is found again, and nothing else', () => {
  const limits = { name: 'l', type: 'Pod', min: {}, max: {}, maxLimitRequestRatio: {} } as const;
  const quota = { name: 'q', headroom: { 'requests.cpu': 5 }, resourceVersion: '1' };
  const workload = { namespace: 'shop', kind: 'Deployment', name: 'web' };
  const hpa = { hpa: [{ resource: 'cpu', container: '' }], vpa: [] } as const;
  const view = memoryView({
    namespaces: [namespaceView('shop')],
    limitRanges: { shop: [limits] },
    quotas: { shop: [quota] },
    owners: { 'shop/ReplicaSet/web-1': { kind: 'Deployment', name: 'web' }, 'shop/ReplicaSet/bare': null },
    autoscalers: { 'shop/Deployment/web': hpa },
  });
  const owner = (name: string) => view.owners({ namespace: 'shop', kind: 'ReplicaSet', name });
  expect([view.namespace('shop')?.name, view.namespace('other')]).toEqual(['shop', undefined]);
  expect([view.limitRanges('shop'), view.limitRanges('toString')]).toEqual([[limits], []]);
  expect([view.quotas('shop'), view.quotas('other')]).toEqual([[quota], []]);
  expect(owner('web-1')).toEqual({ owner: { kind: 'Deployment', name: 'web' } });
  expect([owner('bare'), owner('unknown')]).toEqual([{ owner: undefined }, undefined]);
  expect(view.autoscalers(workload)).toEqual(hpa);
  expect(view.autoscalers({ ...workload, name: 'other' })).toEqual({ hpa: [], vpa: [] });
});
