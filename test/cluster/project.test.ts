import { describe, expect, test } from 'vitest';
import { Groups, namespaceOf } from '../../src/cluster/groups.ts';
import { jsonLines } from '../../src/cluster/json-lines.ts';
import { largestNodes } from '../../src/cluster/largest-node.ts';
import { PodIndex } from '../../src/cluster/pod-index.ts';
import { projectHpa, projectVpa } from '../../src/cluster/project-autoscaler.ts';
import { projectLimitRange } from '../../src/cluster/project-limit-range.ts';
import { projectNamespace } from '../../src/cluster/project-namespace.ts';
import { projectNode } from '../../src/cluster/project-node.ts';
import { projectOwner } from '../../src/cluster/project-owner.ts';
import { projectPod } from '../../src/cluster/project-pod.ts';
import { projectQuota } from '../../src/cluster/project-quota.ts';
import type { PodView } from '../../src/cluster/view.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { OwnerReference } from '../../src/core/workload.ts';

const Mi = 1024 * 1024;
const unknownOwner = (): undefined => undefined;

test('every projection survives objects without any field', () => {
  for (const object of [undefined, null, 7, 'text', [], {}, { metadata: null, spec: [], status: 'x' }]) {
    expect(projectNamespace(object).name).toBe('');
    expect(projectLimitRange(object)).toEqual([]);
    expect(projectQuota(object).headroom).toEqual({});
    expect(projectHpa(object)).toBeUndefined();
    expect(projectVpa(object)).toBeUndefined();
    expect(projectNode(object).view.allocatable).toEqual({ cpu: 0, memory: 0 });
    expect(projectOwner(object).owner).toBeUndefined();
    expect(projectPod(object, unknownOwner).view.containers).toEqual([]);
  }
});

test('a namespace keeps its labels and only our annotations', () => {
  const annotations = { 'barograph.dev/mode': 'observe', 'slo.barograph.dev/cpu-exceeded': '1%', other: 'no' };
  const view = projectNamespace({ metadata: { name: 'shop', labels: { team: 'a' }, annotations } });
  const { other: _, ...ours } = annotations;
  expect(view).toEqual({ name: 'shop', labels: { team: 'a' }, annotations: ours });
});

test('a limit range gives a view for containers and pods, with ratios as plain numbers', () => {
  const limits = [
    {
      type: 'Container',
      min: { cpu: '100m' },
      max: { cpu: '2', memory: '1Gi' },
      maxLimitRequestRatio: { cpu: '4', memory: '1500m' },
    },
    { type: 'Pod', max: { memory: '2Gi' } },
    { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
  ];
  expect(projectLimitRange({ metadata: { name: 'l' }, spec: { limits } })).toEqual([
    {
      name: 'l',
      type: 'Container',
      min: { cpu: 100 },
      max: { cpu: 2000, memory: 1024 * Mi },
      maxLimitRequestRatio: { cpu: 4, memory: 1.5 },
    },
    { name: 'l', type: 'Pod', min: {}, max: { memory: 2048 * Mi }, maxLimitRequestRatio: {} },
  ]);
});

describe('a quota', () => {
  const metadata = { name: 'q', resourceVersion: '9' };

  test('leaves what is hard less what is used', () => {
    const status = {
      hard: { 'requests.cpu': '4', 'limits.memory': '1Gi', pods: '3' },
      used: { 'requests.cpu': '1500m' },
    };
    expect(projectQuota({ metadata, status })).toEqual({
      name: 'q',
      resourceVersion: '9',
      headroom: { 'requests.cpu': 2500, 'limits.memory': 1024 * Mi },
    });
  });

  test('knows the old names of requests and takes the tighter of the two', () => {
    const status = { hard: { cpu: '1', 'requests.cpu': '2', memory: '64Mi' }, used: { memory: '128Mi' } };
    expect(projectQuota({ metadata, status }).headroom).toEqual({ 'requests.cpu': 1000, 'requests.memory': -64 * Mi });
  });

  test('is read from its spec before it has a status', () => {
    expect(projectQuota({ metadata, spec: { hard: { cpu: '1' } }, status: {} }).headroom).toEqual({
      'requests.cpu': 1000,
    });
  });
});

describe('a horizontal autoscaler', () => {
  const hpa = (metrics: unknown) =>
    projectHpa({ metadata: { namespace: 'n' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, metrics } });

  test('counts where it scales by utilisation, of the pod or of one container', () => {
    const target = { type: 'Utilization', averageUtilization: 80 };
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target } },
      { type: 'ContainerResource', containerResource: { name: 'memory', container: 'app', target } },
    ];
    expect(hpa(metrics)).toEqual({
      workload: { namespace: 'n', kind: 'Deployment', name: 'd' },
      hpa: [
        { resource: 'cpu', container: '' },
        { resource: 'memory', container: 'app' },
      ],
      vpa: [],
    });
  });

  test('does not count where it scales by a value or by something else', () => {
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '1' } } },
      { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue' } } },
      { type: 'Resource', resource: { name: 'ephemeral-storage', target: { type: 'Utilization' } } },
    ];
    expect(hpa(metrics)?.hpa).toEqual([]);
  });
});

describe('a vertical autoscaler', () => {
  const vpa = (containerPolicies?: unknown, updateMode?: string) =>
    projectVpa({
      metadata: { namespace: 'n' },
      spec: {
        targetRef: { kind: 'Deployment', name: 'd' },
        updatePolicy: { updateMode },
        resourcePolicy: { containerPolicies },
      },
    })?.vpa;
  const both = [
    { resource: 'cpu', except: [] },
    { resource: 'memory', except: [] },
  ];

  test('controls both resources of all containers when nothing else is said, and none when it is off', () => {
    expect(vpa()).toEqual(both);
    expect(vpa(undefined, 'Initial')).toEqual(both);
    expect(vpa(undefined, 'Off')).toBeUndefined();
  });

  test('leaves out containers whose policy is off or names other resources', () => {
    const policies = [
      { containerName: 'proxy', mode: 'Off' },
      { containerName: 'app', controlledResources: ['memory'] },
    ];
    expect(vpa(policies)).toEqual([
      { resource: 'cpu', except: ['proxy', 'app'] },
      { resource: 'memory', except: ['proxy'] },
    ]);
  });

  test('obeys the policy for all other containers', () => {
    expect(vpa([{ containerName: '*', controlledResources: ['cpu'] }])).toEqual([{ resource: 'cpu', except: [] }]);
    expect(vpa([{ containerName: '*', mode: 'Off' }])).toEqual([]);
    const named = [
      { containerName: '*', mode: 'Off' },
      { containerName: 'app', mode: 'Auto' },
      { containerName: 'proxy', mode: 'Off' },
    ];
    expect(vpa(named)).toEqual([
      { resource: 'cpu', except: ['proxy'] },
      { resource: 'memory', except: ['proxy'] },
    ]);
  });
});

test('the largest node is of its operating system and not cordoned', () => {
  const node = (name: string, cpu: string, memory: string, more: { os?: string; unschedulable?: boolean } = {}) =>
    projectNode({
      metadata: { name, labels: more.os === undefined ? {} : { 'kubernetes.io/os': more.os } },
      spec: { unschedulable: more.unschedulable },
      status: { allocatable: { cpu, memory }, conditions: [{ type: 'Ready', status: 'True' }] },
    });
  const records = [
    node('a', '4', '8Mi'),
    node('b', '2', '16Mi', { os: 'linux' }),
    node('c', '64', '64Mi', { unschedulable: true }),
    node('d', '8', '1Mi', { os: 'windows' }),
  ];
  expect(Object.fromEntries(largestNodes(records))).toEqual({
    linux: { cpu: 4000, memory: 16 * Mi },
    windows: { cpu: 8000, memory: Mi },
  });
  expect(records.map(({ view }) => view.schedulable)).toEqual([true, true, false, true]);
});

describe('a pod', () => {
  const container = (name: string, cpu?: string, memory?: string) => ({
    name,
    resources: { requests: { cpu, memory } },
  });

  test('holds what placement reads of it', () => {
    const object = {
      metadata: {
        uid: 'u',
        namespace: 'n',
        name: 'web-5d4f-abcde',
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: { 'pod-template-hash': '5d4f', app: 'web' },
        annotations: { 'barograph.dev/decision': 'd1; enforce; cpu 1', other: 'x' },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5d4f', controller: true }],
      },
      spec: {
        nodeName: 'node-1',
        priority: 7,
        initContainers: [container('setup', '8'), { ...container('proxy', '10m', '32Mi'), restartPolicy: 'Always' }],
        containers: [container('app', '50m')],
      },
      status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:05Z' }] },
    };
    expect(projectPod(object, unknownOwner).view).toEqual({
      uid: 'u',
      namespace: 'n',
      name: 'web-5d4f-abcde',
      node: 'node-1',
      workload: { namespace: 'n', kind: 'Deployment', name: 'web' },
      containers: [
        { name: 'proxy', requests: { cpu: 10, memory: 32 * Mi } },
        { name: 'app', requests: { cpu: 50, memory: 0 } },
      ],
      priority: 7,
      createdSeconds: 1767225600,
      scheduledSeconds: 1767225605,
      decision: 'd1; enforce; cpu 1',
    });
  });

  test('spreads requests of the pod itself over its containers, so that they add up', () => {
    const spec = {
      resources: { requests: { cpu: '1', memory: '100' } },
      containers: [container('a', '100m'), container('b', '200m'), container('c')],
    };
    expect(projectPod({ spec }, unknownOwner).view.containers.map(({ requests }) => requests)).toEqual([
      { cpu: 333, memory: 33 },
      { cpu: 666, memory: 33 },
      { cpu: 1, memory: 34 },
    ]);
  });

  test('gets its workload when its controller becomes known after it, and listeners hear of it', () => {
    const known = new Map<string, { owner: OwnerReference | undefined }>();
    const lookup = ({ name }: { name: string }) => known.get(name);
    const index = new PodIndex(lookup, silentLogger);
    const heard: (string | undefined)[] = [];
    index.listen(() => {
      throw new TypeError('a listener that fails does not stop the next');
    });
    index.listen((_, after) => heard.push(after?.workload?.kind));
    const metadata = {
      namespace: 'n',
      name: 'p',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'r', controller: true }],
    };
    const record = projectPod({ metadata, spec: { nodeName: 'a' } }, lookup);
    index.change(undefined, record);
    known.set('r', { owner: { kind: 'Rollout', name: 'top', controller: true } });
    index.ownerKnown('ReplicaSet', 'n/r');
    index.ownerKnown('ReplicaSet', 'n/r');
    expect(record).toMatchObject({ awaited: undefined, view: { workload: { kind: 'Rollout', name: 'top' } } });
    expect(heard).toEqual(['ReplicaSet', 'Rollout']);
  });

  test('is not told of while it has no node', () => {
    const index = new PodIndex(unknownOwner, silentLogger);
    const heard: (PodView | undefined)[][] = [];
    index.listen((before, after) => heard.push([before, after]));
    const [waiting, bound] = [{}, { nodeName: 'a' }].map((spec) => projectPod({ spec }, unknownOwner));
    index.change(undefined, waiting);
    index.change(waiting, bound);
    index.change(bound, undefined);
    expect(heard).toEqual([
      [waiting?.view, bound?.view],
      [bound?.view, undefined],
    ]);
  });
});

test('groups follow an item that moves from one to another', () => {
  const groups = new Groups<string>((_, item) => item);
  groups.change('k', undefined, 'a');
  groups.change('k', 'a', 'b');
  expect([groups.get('a'), groups.get('b')]).toEqual([[], ['b']]);
  groups.replace(new Map([['x', 'a']]));
  expect([groups.get('a'), groups.get('b')]).toEqual([['a'], []]);
  expect([namespaceOf('n/x'), namespaceOf('x')]).toEqual(['n', '']);
});

test('lines of JSON are read over any cuts, and half a line at the end is dropped', async () => {
  async function* chunks() {
    yield* ['{"a"', ':1}\n{"b":2}', '\n\n[', '3]\n', '{"cut"'];
  }
  const values: unknown[] = [];
  for await (const value of jsonLines(chunks())) values.push(value);
  expect(values).toEqual([{ a: 1 }, { b: 2 }, [3]]);
});
