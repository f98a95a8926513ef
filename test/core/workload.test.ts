import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  containerId,
  controllerOf,
  type OwnedObject,
  type OwnerLookup,
  type OwnerReference,
  parseContainerId,
  workloadId,
  workloadOf,
} from '../../src/core/workload.ts';

const owner = (kind: string, name: string): OwnerReference => ({ kind, name, controller: true });
const pod = (more: Partial<OwnedObject>): OwnedObject => ({ namespace: 'shop', ...more });
const nothingKnown: OwnerLookup = () => undefined;

/** Knows the owners of objects by `Kind/name`; null for an object without one. */
function knowing(owners: Record<string, OwnerReference | null>): OwnerLookup {
  return ({ kind, name }) => {
    const known = owners[`${kind}/${name}`];
    return known === undefined ? undefined : { owner: known ?? undefined };
  };
}

describe('the top controller of a pod', () => {
  test('is the Deployment of its ReplicaSet, by what is known', () => {
    const lookup = knowing({ 'ReplicaSet/web-5d9c7': owner('Deployment', 'web'), 'Deployment/web': null });
    expect(workloadOf(pod({ owners: [owner('ReplicaSet', 'web-5d9c7')] }), lookup)).toEqual(key('Deployment', 'web'));
  });

  test('is the Deployment by name and hash, while the ReplicaSet is not known yet', () => {
    const young = pod({ owners: [owner('ReplicaSet', 'web-api-5d9c7')], labels: { 'pod-template-hash': '5d9c7' } });
    expect(workloadOf(young, nothingKnown)).toEqual(key('Deployment', 'web-api'));
  });

  test('is the ReplicaSet itself, where it is known to have no owner or its name has no hash', () => {
    const alone = pod({ owners: [owner('ReplicaSet', 'web-5d9c7')], labels: { 'pod-template-hash': '5d9c7' } });
    expect(workloadOf(alone, knowing({ 'ReplicaSet/web-5d9c7': null }))).toEqual(key('ReplicaSet', 'web-5d9c7'));
    expect(workloadOf(pod({ owners: [owner('ReplicaSet', 'web')] }), nothingKnown)).toEqual(key('ReplicaSet', 'web'));
  });

  test('stays the same when a rollout changes the hash', () => {
    const of = (hash: string) =>
      workloadOf(
        pod({ owners: [owner('ReplicaSet', `web-${hash}`)], labels: { 'pod-template-hash': hash } }),
        nothingKnown,
      );
    expect(of('5d9c7')).toEqual(of('77fd8'));
  });

  test('is the CronJob of a Job, by what is known or by the minute in its name', () => {
    const run = pod({ owners: [owner('Job', 'report-28412340')] });
    expect(workloadOf(run, nothingKnown)).toEqual(key('CronJob', 'report'));
    expect(workloadOf(run, knowing({ 'Job/report-28412340': owner('CronJob', 'report') }))).toEqual(
      key('CronJob', 'report'),
    );
    expect(workloadOf(run, knowing({ 'Job/report-28412340': null }))).toEqual(key('Job', 'report-28412340'));
    expect(workloadOf(pod({ owners: [owner('Job', 'once')] }), nothingKnown)).toEqual(key('Job', 'once'));
  });

  test.each(['StatefulSet', 'DaemonSet', 'Job', 'ReplicationController', 'Rollout'])('is a %s itself', (kind) => {
    expect(workloadOf(pod({ owners: [owner(kind, 'db')] }), nothingKnown)).toEqual(key(kind, 'db'));
  });

  test('is the topmost of a longer chain, such as an operator’s own kind', () => {
    const lookup = knowing({
      'StatefulSet/pg-0': owner('Postgres', 'pg'),
      'Postgres/pg': owner('DatabaseFleet', 'all'),
      'DatabaseFleet/all': null,
    });
    expect(workloadOf(pod({ owners: [owner('StatefulSet', 'pg-0')] }), lookup)).toEqual(key('DatabaseFleet', 'all'));
  });

  test('of owners that own each other is found all the same', () => {
    const lookup = knowing({ 'A/a': owner('B', 'b'), 'B/b': owner('A', 'a') });
    expect(workloadOf(pod({ owners: [owner('A', 'a')] }), lookup)?.namespace).toBe('shop');
  });

  test('is not an owner that does not control it', () => {
    const loose = pod({ name: 'job-x', owners: [{ kind: 'Workflow', name: 'w' }] });
    expect(workloadOf(loose, nothingKnown)).toEqual(key('Pod', 'job-x'));
    expect(controllerOf([{ kind: 'A', name: 'a' }, owner('B', 'b')])?.kind).toBe('B');
    expect(controllerOf(undefined)).toBeUndefined();
  });

  test('of a bare pod is the pod, by its name or the name it will be made from', () => {
    expect(workloadOf(pod({ name: 'debug' }), nothingKnown)).toEqual(key('Pod', 'debug'));
    expect(workloadOf(pod({ generateName: 'debug-' }), nothingKnown)).toEqual(key('Pod', 'debug'));
    expect(workloadOf(pod({ name: '', generateName: 'debug-' }), nothingKnown)).toEqual(key('Pod', 'debug'));
    expect(workloadOf(pod({}), nothingKnown)).toBeUndefined();
  });
});

describe('ids', () => {
  test('name a workload and a container', () => {
    const container = { ...key('Deployment', 'web'), container: 'app' };
    expect(workloadId(container)).toBe('shop/Deployment/web');
    expect(containerId(container)).toBe('shop/Deployment/web/app');
  });

  test('come back from their text', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(part, part, part, part, (namespace, kind, name, container) => {
        const whole = { namespace, kind, name, container };
        expect(parseContainerId(containerId(whole))).toEqual(whole);
      }),
    );
  });

  test.each(['', 'a/b/c', 'a/b/c/d/e', 'a//c/d', '/b/c/d', 'a/b/c/'])('%j is none', (text) => {
    expect(parseContainerId(text)).toBeUndefined();
  });
});

function key(kind: string, name: string) {
  return { namespace: 'shop', kind, name };
}
