import { describe, expect, test } from 'vitest';
import { matchesNode } from '../../src/cluster/node-terms.ts';
import { projectQuota } from '../../src/cluster/project-quota.ts';
import { projectStorageCapacity } from '../../src/cluster/project-storage-capacity.ts';
import { projectStorageClass } from '../../src/cluster/project-storage-class.ts';

const node = (zone: string) => ({ name: `node-${zone}`, labels: { 'topology.kubernetes.io/zone': zone } });

describe('a CSIStorageCapacity', () => {
  const object = {
    storageClassName: 'local',
    capacity: '50Gi',
    maximumVolumeSize: '10Gi',
    nodeTopology: { matchLabels: { 'topology.kubernetes.io/zone': 'a' } },
  };

  test('is read with its sizes and the nodes that reach it', () => {
    const { nodes = [], ...rest } = projectStorageCapacity(object);
    expect(rest).toEqual({ storageClass: 'local', capacityBytes: 50 * 2 ** 30, largestBytes: 10 * 2 ** 30 });
    expect([node('a'), node('b')].map((one) => matchesNode(nodes, one))).toEqual([true, false]);
  });

  test('without a topology is reached by no node, with an empty one by all', () => {
    expect(projectStorageCapacity({ ...object, nodeTopology: undefined }).nodes).toBeUndefined();
    const { nodes = [] } = projectStorageCapacity({ ...object, nodeTopology: {} });
    expect(matchesNode(nodes, node('b'))).toBe(true);
  });

  test('that says nothing has no room', () => {
    expect(projectStorageCapacity(null)).toMatchObject({ storageClass: '', capacityBytes: 0, largestBytes: undefined });
  });
});

describe('a StorageClass', () => {
  test('is read with its allowed topologies and what is written on it for Barograph', () => {
    const view = projectStorageClass({
      metadata: {
        name: 'fast',
        labels: { 'barograph.dev/candidate': 'true', team: 'storage' },
        annotations: { 'barograph.dev/access-modes': 'ReadWriteMany', other: 'x' },
      },
      provisioner: 'example.org/fast',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['a', 'b'] }] }],
    });
    expect(view).toMatchObject({
      labels: { 'barograph.dev/candidate': 'true' },
      annotations: { 'barograph.dev/access-modes': 'ReadWriteMany' },
    });
    expect(Object.keys(view.annotations ?? {})).toHaveLength(1);
    const allowed = view.allowedNodes ?? [];
    expect(['a', 'b', 'c'].map((zone) => matchesNode(allowed, node(zone)))).toEqual([true, true, false]);
  });

  test('without topologies may be used everywhere', () => {
    expect(projectStorageClass({ metadata: { name: 'any' } }).allowedNodes).toBeUndefined();
  });
});

describe('a ResourceQuota', () => {
  test('is read with what it leaves of storage and claims, in all and of a class', () => {
    const { storage } = projectQuota({
      metadata: { name: 'team' },
      status: {
        hard: {
          'requests.storage': '100Gi',
          persistentvolumeclaims: '10',
          'fast.storageclass.storage.k8s.io/requests.storage': '5Gi',
          'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '0',
          'requests.ephemeral-storage': '1Gi',
          pods: '5',
        },
        used: { 'requests.storage': '40Gi', persistentvolumeclaims: '3' },
      },
    });
    expect(storage).toEqual({
      'requests.storage': 60 * 2 ** 30,
      persistentvolumeclaims: 7,
      'fast.storageclass.storage.k8s.io/requests.storage': 5 * 2 ** 30,
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': 0,
    });
  });

  test('that counts no storage says nothing of it', () => {
    expect(projectQuota({ status: { hard: { cpu: '4' } } })).not.toHaveProperty('storage');
  });
});
