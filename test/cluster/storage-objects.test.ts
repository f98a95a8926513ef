import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../src/cluster/connection.ts';
import { StorageObjects } from '../../src/cluster/storage-objects.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { clusterAvailable } from './available.ts';
import { type Cluster, clusterStartMilliseconds, startCluster } from './start.ts';
import { waitFor } from './wait-for.ts';

const skip = clusterAvailable();
const fsid = '6b1f3b2a-0000-4000-8000-000000000001';

/** As Rook defines its kind, without the schema of its hundreds of fields. */
const cephClusters = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'cephclusters.ceph.rook.io' },
  spec: {
    group: 'ceph.rook.io',
    scope: 'Namespaced',
    names: { plural: 'cephclusters', singular: 'cephcluster', kind: 'CephCluster', listKind: 'CephClusterList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {} },
      },
    ],
  },
};

describe.skipIf(skip !== undefined)(
  `storage objects of a real API server${skip === undefined ? '' : ` (${skip})`}`,
  () => {
    let cluster: Cluster;
    let objects: StorageObjects;

    beforeAll(async () => {
      cluster = await startCluster({ nodes: 1 });
      const { api } = cluster;
      await api.apply(
        `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${cephClusters.metadata.name}`,
        cephClusters,
      );
      await api.createNamespace('rook-ceph');
      const folder = '/apis/ceph.rook.io/v1/namespaces/rook-ceph/cephclusters';
      await waitFor(() => api.list(folder), 20, 'the kind of Rook to be served');
      const rook = { apiVersion: 'ceph.rook.io/v1', kind: 'CephCluster', metadata: { name: 'rook-ceph' }, spec: {} };
      await api.create(folder, rook);
      await api.patch(`${folder}/rook-ceph/status`, { status: { ceph: { fsid, health: 'HEALTH_OK' } } });
      await api.create('/apis/storage.k8s.io/v1/storageclasses', {
        metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: 'kubernetes.io/no-provisioner',
        volumeBindingMode: 'WaitForFirstConsumer',
      });
      await api.create('/api/v1/persistentvolumes', {
        metadata: { name: 'pv-0', annotations: { 'barograph.dev/device': 'sdb' } },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'local',
          local: { path: '/mnt/disk' },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
          },
        },
      });
      objects = new StorageObjects({
        connection: openConnection({ kubeconfig: cluster.kubeconfig }),
        logger: silentLogger,
        clock: systemClock,
      });
      objects.start();
      await waitFor(() => objects.synced, 20, 'storage objects to be read');
    }, clusterStartMilliseconds);

    afterAll(async () => {
      await objects?.close();
      await cluster?.stop();
    }, 60_000);

    test('are volumes and classes as they are written', () => {
      expect(objects.volume('pv-0')).toMatchObject({
        device: 'sdb',
        place: { kind: 'local', path: '/mnt/disk' },
        nodes: [[{ of: 'label', key: 'a', operator: 'In', values: ['b'] }]],
      });
      expect(objects.storageClass(undefined)).toMatchObject({ name: 'local', bindsLate: true, isDefault: true });
    });

    test('are claims with their class and, once it is bound, their volume', async () => {
      const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
      const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'pv-0' };
      await cluster.api.create(claims, { metadata: { name: 'data' }, spec: { ...spec, volumeName: undefined } });
      await waitFor(() => objects.claim('default', 'data') !== undefined, 20, 'the claim to be seen');
      expect(objects.claim('default', 'data')).toMatchObject({ storageClass: 'local', volume: undefined });
      await cluster.api.patch(`${claims}/data`, { spec: { volumeName: 'pv-0' } });
      await waitFor(() => objects.claim('default', 'data')?.volume === 'pv-0', 20, 'the volume of the claim');
    });

    test('are the Ceph clusters of Rook, by the names that classes call them', () => {
      expect(objects.fsids()).toEqual({ 'rook-ceph': fsid });
    });
  },
);
