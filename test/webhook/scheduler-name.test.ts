import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patchOf } from '../../src/webhook/patch.ts';
import type { AdmittedPod } from '../../src/webhook/pod.ts';
import { readPod } from '../../src/webhook/pod.ts';
import { schedulerFor } from '../../src/webhook/scheduler-name.ts';

const living = { name: 'barograph-scheduler', isFresh: true };

function podOf(spec: object): AdmittedPod | undefined {
  return readPod({ metadata: {}, spec: { containers: [{ name: 'app' }], ...spec } }, 'shop');
}

function given(spec: object, mode: 'enforce' | 'observe' | 'off' = 'enforce', scheduler = living): string | undefined {
  const pod = podOf(spec);
  return pod && schedulerFor(pod, mode, scheduler);
}

test('an enforced pod of the default scheduler is given to the second one', () => {
  expect(given({})).toBe('barograph-scheduler');
  expect(given({ schedulerName: 'default-scheduler' })).toBe('barograph-scheduler');
});

test('a pod keeps its scheduler when it names one, is bound, is only observed, or when the second one is away', () => {
  expect(given({ schedulerName: 'mine' })).toBeUndefined();
  expect(given({ schedulerName: 'barograph-scheduler' })).toBeUndefined();
  expect(given({ nodeName: 'node-0' })).toBeUndefined();
  expect(given({}, 'observe')).toBeUndefined();
  expect(given({}, 'off')).toBeUndefined();
  expect(given({}, 'enforce', { ...living, isFresh: false })).toBeUndefined();
  const pod = podOf({});
  expect(pod && schedulerFor(pod, 'enforce', undefined)).toBeUndefined();
});

test('given once, a pod is not given again', () => {
  fc.assert(
    fc.property(fc.option(fc.string()), fc.boolean(), (schedulerName, isFresh) => {
      const first = given({ schedulerName }, 'enforce', { ...living, isFresh });
      if (first !== undefined)
        expect(given({ schedulerName: first }, 'enforce', { ...living, isFresh })).toBeUndefined();
    }),
  );
});

test('the patch sets the name beside everything else', () => {
  const pod = podOf({});
  if (pod === undefined) return expect.unreachable();
  expect(patchOf(pod, { sized: [], annotation: 'x', scheduler: 'barograph-scheduler' })).toEqual([
    { op: 'add', path: '/spec/schedulerName', value: 'barograph-scheduler' },
    { op: 'add', path: '/metadata/annotations', value: {} },
    { op: 'add', path: '/metadata/annotations/barograph.dev~1decision', value: 'x' },
  ]);
});
