import { describe, expect, test } from 'vitest';
import type { StorageCapacityView } from '../../../src/cluster/claim-view.ts';
import type { NodeTerms } from '../../../src/cluster/node-terms.ts';
import type { StorageClassView } from '../../../src/cluster/storage-view.ts';
import type { QuotaView } from '../../../src/cluster/view.ts';
import { quiet, stateOf } from '../../storage/small-ceph.ts';
import { gibibyte } from '../../support/ceph-readings.ts';
import { claimAdmission, claimOf, rbdClass } from './support.ts';

const on = (...names: readonly string[]): NodeTerms => [
  [{ of: 'label', key: 'kubernetes.io/hostname', operator: 'In', values: names }],
];

function driverClass(name: string, more: Partial<StorageClassView> = {}): StorageClassView {
  return rbdClass(name, { provisioner: `${name}.example.org`, parameters: {}, ...more });
}

function free(storageClass: string, gib: number, more: Partial<StorageCapacityView> = {}): StorageCapacityView {
  return { storageClass, nodes: on('node-0'), capacityBytes: gib * gibibyte, largestBytes: undefined, ...more };
}

function classFor(
  classes: readonly StorageClassView[],
  capacities: readonly StorageCapacityView[],
  spec: Record<string, unknown> = {},
): unknown {
  return claimAdmission({ classes, capacities }).admit(claimOf(spec)).claim.spec.storageClassName;
}

describe('a class of a driver that is not of Ceph', () => {
  test('is judged by what the driver says is free where nodes reach it', () => {
    const classes = [driverClass('small'), driverClass('large')];
    expect(classFor(classes, [free('small', 1), free('large', 50)])).toBe('large');
    expect(classFor(classes, [free('small', 1), free('large', 50, { nodes: on('node-9') })])).toBe('standard');
    expect(classFor(classes, [free('small', 3), free('large', 50, { largestBytes: gibibyte })])).toBe('small');
    expect(classFor(classes, [free('small', 3), free('large', 50, { nodes: undefined })])).toBe('small');
  });

  test('needs the room in one place', () => {
    expect(classFor([driverClass('parts')], [free('parts', 1), free('parts', 1, { nodes: on('node-1') })])).toBe(
      'standard',
    );
  });

  test('is taken at half its worth where the driver says nothing', () => {
    expect(classFor([driverClass('silent'), driverClass('full')], [free('full', 1)])).toBe('silent');
    expect(classFor([driverClass('silent'), driverClass('roomy')], [free('roomy', 500)])).toBe('roomy');
  });

  test('is left out where its topology has no node that is ready', () => {
    expect(classFor([driverClass('far', { allowedNodes: on('node-9') })], [])).toBe('standard');
    expect(classFor([driverClass('near', { allowedNodes: on('node-1') })], [])).toBe('near');
    expect(classFor([driverClass('near', { allowedNodes: on('node-1') })], [free('near', 50)])).toBe('standard');
  });

  test('gives many nodes what its annotation says it can', () => {
    const many = { accessModes: ['ReadWriteMany'] };
    expect(classFor([driverClass('plain')], [], many)).toBe('standard');
    const annotations = { 'barograph.dev/access-modes': 'ReadWriteOnce, ReadWriteMany' };
    expect(classFor([driverClass('nfs', { annotations })], [], many)).toBe('nfs');
  });
});

describe('a quota', () => {
  const state = stateOf({ one: quiet, two: quiet });
  const classes = [rbdClass('one'), rbdClass('two')];

  function got(storage: Record<string, number>): unknown {
    const quotas: QuotaView[] = [{ name: 'team', headroom: {}, storage, resourceVersion: '1' }];
    return claimAdmission({ classes, state, quotas }).admit(claimOf()).claim.spec.storageClassName;
  }

  test('of one class leads to another', () => {
    expect(got({ 'one.storageclass.storage.k8s.io/requests.storage': gibibyte })).toBe('two');
    expect(got({ 'two.storageclass.storage.k8s.io/persistentvolumeclaims': 0 })).toBe('one');
  });

  test('of the namespace leaves none', () => {
    expect(got({ 'requests.storage': gibibyte })).toBe('standard');
    expect(got({ persistentvolumeclaims: 0 })).toBe('standard');
  });

  test.each([
    ['of a class', 'one.storageclass.storage.k8s.io/persistentvolumeclaims', [rbdClass('one')]],
    ['in all', 'persistentvolumeclaims', classes],
  ])('counts what was let through a moment ago, %s', (_, key, classes) => {
    const storage = { [key]: 1 };
    const quotas: QuotaView[] = [{ name: 'team', headroom: {}, storage, resourceVersion: '1' }];
    const { admit } = claimAdmission({ classes, state, quotas });
    const got = [1, 2].map((i) => {
      const claim = claimOf();
      claim.metadata.name = `data-${i}`;
      return admit(claim).claim.spec.storageClassName;
    });
    expect(got[1]).toBe('standard');
    expect(got[0]).not.toBe('standard');
  });
});
