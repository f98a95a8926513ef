import { describe, expect, test } from 'vitest';
import { decisionAnnotation } from '../../../src/core/decision-annotation.ts';
import { loaded, nearlyFull, quiet, slowed, stateOf } from '../../storage/small-ceph.ts';
import { fsid } from '../../support/storage-state.ts';
import { cephFsClass, claimAdmission, claimOf, rbdClass } from './support.ts';

const state = stateOf({ calm: quiet, busy: loaded, slow: slowed, tight: nearlyFull });
const classes = ['busy', 'slow', 'tight', 'calm'].map((name) => rbdClass(name));
const grammar = /^[0-9a-z]+-[0-9a-z]{8}; (enforce|observe); .{1,60}$/;

describe('a claim that asks for the best class', () => {
  test('gets that of the quiet pool with room, and says so', () => {
    const { admit, decisions, counted, notices } = claimAdmission({ classes, state });
    const { allowed, warnings, claim } = admit(claimOf());
    expect([allowed, warnings]).toEqual([true, []]);
    expect(claim.spec.storageClassName).toBe('calm');
    expect(claim.metadata.annotations?.[decisionAnnotation]).toMatch(grammar);
    expect(claim.metadata.annotations?.[decisionAnnotation]).toContain('; enforce; class standard -> calm');
    expect(counted).toEqual([['enforced', '']]);
    expect(notices).toEqual([]);
    expect(decisions[0]).toMatchObject({
      mode: 'enforce',
      workload: { namespace: 'shop', kind: 'PersistentVolumeClaim', name: 'data' },
      claim: { before: 'standard', after: 'calm', bytes: 2 * 2 ** 30 },
    });
  });

  test('is explained: every class with its pool, its score in parts, or why it is refused', () => {
    const { admit, decisions } = claimAdmission({ classes: [...classes, rbdClass('standard', { labels: {} })], state });
    admit(claimOf());
    const all = decisions[0]?.claim?.classes ?? [];
    expect(all.map(({ name }) => name)).toEqual(['calm', 'busy', 'slow', 'standard', 'tight']);
    expect(all[0]).toMatchObject({ candidate: true, pools: [`${fsid}/calm`], refused: [] });
    expect(all[0]?.parts.map(({ part }) => part)).toEqual(['quiet', 'latency', 'room', 'health']);
    expect(all[3]).toMatchObject({ candidate: false, score: null, refused: [{ reason: 'unknown' }] });
    expect(all[4]?.refused[0]?.text).toBe('pool tight: 1 GiB are left until it is near full, 2 GiB are asked for');
    expect(decisions[0]?.claim?.reason).toMatch(/^calm scored [\d.]+ of 10 \(4 candidates\): /);
  });

  test('may ask by the class that stands for it', () => {
    const { admit } = claimAdmission({ classes, state });
    const claim = claimOf({ storageClassName: 'barograph' });
    delete claim.metadata.annotations;
    const { patch, claim: after } = admit(claim);
    expect(after.spec.storageClassName).toBe('calm');
    expect(patch[0]).toEqual({ op: 'add', path: '/metadata/annotations', value: {} });
  });

  test('gets a class by the older annotation where it named its own by that', () => {
    const older = 'volume.beta.kubernetes.io/storage-class';
    const { admit } = claimAdmission({ classes, state });
    const { claim } = admit(claimOf({ storageClassName: undefined }, { [older]: 'standard' }));
    expect(claim.metadata.annotations?.[older]).toBe('calm');
    expect(claim.spec.storageClassName).toBeUndefined();
  });

  test('keeps the best class when it came with it', () => {
    const { admit, counted } = claimAdmission({ classes, state });
    const { patch, claim } = admit(claimOf({ storageClassName: 'calm' }));
    expect(patch).toHaveLength(1);
    expect(claim.metadata.annotations?.[decisionAnnotation]).toContain('class calm kept');
    expect(counted).toEqual([['unchanged', 'already-best']]);
  });

  test('changes nothing when the API server calls again', () => {
    const { admit, counted } = claimAdmission({ classes, state });
    const { claim } = admit(claimOf());
    const again = admit(claim);
    expect([again.patch, again.warnings]).toEqual([[], []]);
    expect(counted[1]).toEqual(['unchanged', 'already-decided']);
  });

  test('is one of many: they spread over pools that are as good', () => {
    const even = stateOf({ one: quiet, two: quiet, busy: loaded });
    const { admit } = claimAdmission({ classes: ['one', 'two', 'busy'].map((name) => rbdClass(name)), state: even });
    const got = Array.from({ length: 20 }, (_, i) => {
      const claim = claimOf();
      claim.metadata.name = `data-${i}`;
      return admit(claim).claim.spec.storageClassName;
    });
    expect(got.filter((name) => name === 'one')).toHaveLength(10);
    expect(got.filter((name) => name === 'two')).toHaveLength(10);
  });

  test('gets the pool that its latency asks for, or none', () => {
    const { admit } = claimAdmission({ classes: [rbdClass('slow'), rbdClass('calm')], state });
    const objective = { 'slo.barograph.dev/latency': 'p99 < 50ms', 'slo.barograph.dev/throughput': '> 100 iops' };
    expect(admit(claimOf({}, objective)).claim.spec.storageClassName).toBe('calm');
    const { patch, warnings } = admit(claimOf({}, { 'slo.barograph.dev/latency': 'p99 < 1ms' }));
    expect(patch).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^barograph: no candidate fits: calm: pool calm: 9\S* ms are expected, below 1 ms is asked for/,
    );
  });
});

describe('a claim for which no candidate fits', () => {
  test('keeps its class, with a warning and an Event on it', () => {
    const { admit, notices, counted, decisions } = claimAdmission({ classes: [rbdClass('tight')], state });
    const { allowed, patch, warnings, claim } = admit(claimOf());
    expect(allowed).toBe(true);
    expect(claim.spec.storageClassName).toBe('standard');
    expect(patch.map(({ path }) => path)).toEqual(['/metadata/annotations/barograph.dev~1decision']);
    expect(warnings[0]).toContain('no candidate fits: tight');
    expect(counted).toEqual([['unchanged', 'no-candidate']]);
    expect(notices).toMatchObject([
      { workload: { namespace: 'shop', kind: 'PersistentVolumeClaim', name: 'data' }, reason: 'NoStorageClassFits' },
    ]);
    expect(decisions[0]?.claim).toMatchObject({ before: 'standard', after: 'standard' });
  });

  test('keeps it too when nothing is known of Ceph, or nothing new', () => {
    const { admit } = claimAdmission({ classes, state: undefined });
    expect(admit(claimOf()).claim.spec.storageClassName).toBe('standard');
    const old = { ...state, clusters: state.clusters.map((one) => ({ ...one, dataSeconds: one.dataSeconds - 301 })) };
    const { admit: later, decisions } = claimAdmission({ classes, state: old });
    expect(later(claimOf()).claim.spec.storageClassName).toBe('standard');
    expect(decisions[0]?.claim?.classes[0]?.refused[0]?.text).toContain('301 s old');
  });

  test('keeps it when no class is labelled', () => {
    const { admit } = claimAdmission({ classes: [], state });
    expect(admit(claimOf()).warnings[0]).toContain('no storage class is labelled as a candidate');
  });
});

describe('the mode of a claim', () => {
  test('observe writes the annotation alone, and counts nothing as placed', () => {
    const { admit, admission, counted } = claimAdmission({ classes, state, mode: 'observe' });
    const { patch, claim } = admit(claimOf());
    expect(patch).toHaveLength(1);
    expect(claim.metadata.annotations?.[decisionAnnotation]).toContain('; observe; class standard -> calm');
    expect(counted).toEqual([['observed', '']]);
    expect(admission.placements.size).toBe(0);
  });

  test.each([
    [undefined, 'enforce', 'observe', 'enforce', 'enforce'],
    ['observe', 'enforce', 'enforce', 'enforce', 'observe'],
    ['enforce', 'off', 'off', 'observe', 'observe'],
    ['off', 'enforce', 'enforce', 'enforce', 'off'],
    [undefined, undefined, 'off', 'enforce', 'off'],
  ] as const)(
    'of claim %s, namespace %s, configuration %s under ceiling %s is %s',
    (own, ofNamespace, mode, maxMode, holds) => {
      const key = 'barograph.dev/mode';
      const { admit } = claimAdmission({
        classes,
        state,
        mode,
        maxMode,
        // What a namespace promises for its pods is not about claims.
        namespaceAnnotations: {
          'slo.barograph.dev/latency': 'p99 < 1us',
          ...(ofNamespace === undefined ? {} : { [key]: ofNamespace }),
        },
      });
      const { claim } = admit(claimOf({}, own === undefined ? {} : { [key]: own }));
      expect(claim.metadata.annotations?.[decisionAnnotation]?.split('; ')[1] ?? 'off').toBe(holds);
    },
  );

  test('a dry run decides alike and keeps nothing', () => {
    const { admit, admission, decisions, counted, notices } = claimAdmission({ classes, state });
    expect(admit(claimOf(), { dryRun: true }).claim.spec.storageClassName).toBe('calm');
    expect([decisions, counted, notices, admission.placements.size]).toEqual([[], [], [], 0]);
  });
});

describe('a claim is let through as it is', () => {
  test.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['that names its volume', { volumeName: 'pv-1' }, {}],
    ['that selects volumes', { selector: { matchLabels: { tier: 'gold' } } }, {}],
    ['that is a copy of another', { dataSource: { kind: 'PersistentVolumeClaim', name: 'old' } }, {}],
    ['whose objective cannot be read', {}, { 'slo.barograph.dev/latency': 'fast' }],
    ['whose mode cannot be read', {}, { 'barograph.dev/mode': 'on' }],
    ['that asks for something else than auto', {}, { 'barograph.dev/storage-class': 'calm' }],
    ['whose size cannot be read', { resources: { requests: { storage: 'large' } } }, {}],
  ])('%s, with a warning', (_, spec, annotations) => {
    const { admit, counted } = claimAdmission({ classes, state });
    const { allowed, patch, warnings } = admit(claimOf(spec, annotations));
    expect([allowed, patch]).toEqual([true, []]);
    expect(warnings).toHaveLength(1);
    expect(counted).toHaveLength(1);
  });

  test('that asks for nothing, without a word', () => {
    const { admit, counted } = claimAdmission({ classes, state });
    const claim = claimOf();
    claim.metadata.annotations = {};
    expect(admit(claim)).toMatchObject({ allowed: true, patch: [], warnings: [] });
    expect(counted).toEqual([]);
  });

  test.each([
    ['an update', claimOf(), { operation: 'UPDATE' }],
    ['another kind', claimOf(), { kind: { kind: 'Pod' } }],
    ['no object', null, {}],
    ['no spec', { metadata: {} }, {}],
    ['a spec without a size', { metadata: {}, spec: {} }, {}],
  ])('%s', (_, object, request) => {
    const { admit } = claimAdmission({ classes, state });
    expect(admit(object, request)).toMatchObject({ allowed: true, patch: [] });
  });

  test('while classes are not read yet', () => {
    const { admit, notices } = claimAdmission({ classes, state, synced: false });
    expect(admit(claimOf())).toMatchObject({ patch: [], warnings: [expect.stringContaining('not read yet')] });
    expect(notices).toEqual([]);
  });
});

describe('a class of CephFS', () => {
  const shared = cephFsClass('shared', { fsName: 'home', pool: 'calm' });

  test('is the one for volumes that many nodes write', () => {
    const { admit } = claimAdmission({ classes: [rbdClass('slow'), shared], state });
    expect(admit(claimOf({ accessModes: ['ReadWriteMany'] })).claim.spec.storageClassName).toBe('shared');
  });

  test('has no block volumes, which RBD gives to many nodes', () => {
    const { admit } = claimAdmission({ classes: [rbdClass('slow'), shared], state });
    const block = claimOf({ accessModes: ['ReadWriteMany'], volumeMode: 'Block' });
    expect(admit(block).claim.spec.storageClassName).toBe('slow');
  });

  test('is found by the name of its file system', () => {
    const named = stateOf({ 'home-data0': quiet, other: loaded });
    const { admit } = claimAdmission({ classes: [cephFsClass('shared', { fsName: 'home' })], state: named });
    expect(admit(claimOf()).claim.spec.storageClassName).toBe('shared');
  });
});

describe('the cluster of a class', () => {
  test.each([
    ['its fsid', fsid, {}, 'calm'],
    ['a namespace of Rook, while one cluster is read', 'rook-ceph', {}, 'calm'],
    ['a name of the configuration', 'east', { east: fsid }, 'calm'],
    ['the fsid of another', '11111111-2222-3333-4444-555555555555', {}, 'standard'],
    ['a name of another', 'west', { west: '11111111-2222-3333-4444-555555555555' }, 'standard'],
  ])('is named by %s', (_, clusterID, fsids, expected) => {
    const view = rbdClass('calm', { parameters: { clusterID, pool: 'calm' } });
    const { admit } = claimAdmission({ classes: [view], state, fsids });
    expect(admit(claimOf()).claim.spec.storageClassName).toBe(expected);
  });

  test('needs the pool of images and the pool of their data', () => {
    const both = (pool: string, dataPool: string) =>
      rbdClass('coded', { parameters: { clusterID: 'rook-ceph', pool, dataPool } });
    const admitted = (pool: string, dataPool: string) =>
      claimAdmission({ classes: [both(pool, dataPool)], state }).admit(claimOf()).claim.spec.storageClassName;
    expect(admitted('calm', 'busy')).toBe('coded');
    expect(admitted('tight', 'busy')).toBe('coded');
    expect(admitted('calm', 'tight')).toBe('standard');
    expect(admitted('calm', 'gone')).toBe('standard');
  });
});
