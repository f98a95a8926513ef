import { describe, expect, test } from 'vitest';
import { matchesNode, nodeTermsOf } from '../../src/cluster/node-terms.ts';
import { projectStorageClass } from '../../src/cluster/project-storage-class.ts';
import { projectClaim, projectVolume } from '../../src/cluster/project-volume.ts';

const node = { name: 'node-1', labels: { 'kubernetes.io/hostname': 'host-1', zone: 'a', disks: '4' } };

function matches(...terms: readonly object[]): boolean {
  return matchesNode(nodeTermsOf({ nodeSelectorTerms: terms }) ?? [], node);
}

function label(key: string, operator: string, ...values: readonly string[]): object {
  return { matchExpressions: [{ key, operator, values }] };
}

describe('the nodes of a volume', () => {
  test.each([
    [label('zone', 'In', 'a', 'b'), true],
    [label('zone', 'In', 'b'), false],
    [label('rack', 'In', 'b'), false],
    [label('zone', 'NotIn', 'b'), true],
    [label('rack', 'NotIn', 'b'), true],
    [label('zone', 'NotIn', 'a'), false],
    [label('zone', 'Exists'), true],
    [label('rack', 'Exists'), false],
    [label('rack', 'DoesNotExist'), true],
    [label('disks', 'Gt', '3'), true],
    [label('disks', 'Lt', '3'), false],
    [label('zone', 'Gt', '3'), false],
    [label('toString', 'Exists'), false],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }, true],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['host-1'] }] }, false],
  ])('%j: %s', (term, expected) => {
    expect(matches(term)).toBe(expected);
  });

  test('are those of any term, which are those of all its requirements; none of a term that is empty or cannot be read', () => {
    const both = [
      { key: 'zone', operator: 'In', values: ['a'] },
      { key: 'disks', operator: 'In', values: ['8'] },
    ];
    expect(matches({ matchExpressions: both })).toBe(false);
    expect(matches({ matchExpressions: both }, label('zone', 'In', 'a'))).toBe(true);
    expect(matches({})).toBe(false);
    expect(matches()).toBe(false);
    expect(matches(label('zone', 'Like', 'a'))).toBe(false);
    expect(nodeTermsOf(undefined)).toBeUndefined();
  });
});

test('claims, volumes and classes survive objects without any field', () => {
  for (const object of [undefined, null, 7, 'text', [], {}, { metadata: null, spec: [], status: 'x' }]) {
    expect(projectClaim(object)).toEqual({ namespace: '', name: '', storageClass: undefined, volume: undefined });
    expect(projectVolume(object)).toMatchObject({ name: '', place: { kind: 'other' }, nodes: undefined });
    expect(projectStorageClass(object)).toMatchObject({
      name: '',
      provisioner: '',
      bindsLate: false,
      isDefault: false,
    });
  }
});

test('a claim keeps its class, the empty one too, and the volume that it is bound to', () => {
  const metadata = { namespace: 'shop', name: 'data' };
  const spec = { storageClassName: '', volumeName: 'pv-1' };
  expect(projectClaim({ metadata, spec })).toEqual({ ...metadata, storageClass: '', volume: 'pv-1' });
  const annotations = { 'volume.beta.kubernetes.io/storage-class': 'old' };
  expect(projectClaim({ metadata: { ...metadata, annotations }, spec }).storageClass).toBe('old');
});

test('a volume keeps where its bytes are, and the disk that its annotation names', () => {
  const place = (spec: object) => projectVolume({ metadata: { name: 'pv' }, spec }).place;
  expect(place({ local: { path: '/dev/sdb' } })).toEqual({ kind: 'local', path: '/dev/sdb' });
  expect(place({ hostPath: { path: '/data' } })).toEqual({ kind: 'host-path', path: '/data' });
  const csi = { driver: 'topolvm.io', volumeHandle: 'h' };
  expect(place({ csi })).toEqual({ kind: 'csi', driver: 'topolvm.io', handle: 'h' });
  const annotations = { 'barograph.dev/device': 'sdc' };
  expect(projectVolume({ metadata: { name: 'pv', annotations }, spec: {} }).device).toBe('sdc');
});
