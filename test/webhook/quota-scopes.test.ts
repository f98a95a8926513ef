import { describe, expect, test } from 'vitest';
import { projectQuota } from '../../src/cluster/project-quota.ts';
import { quotasOn } from '../../src/webhook/quota-scopes.ts';
import { admissionOf } from './support/admission.ts';
import { container, podOf, written } from './support/pods.ts';

const plain = { hasDeadline: false, priorityClass: undefined };

function counts(pod: Parameters<typeof quotasOn>[0], spec: object): boolean {
  return quotasOn(pod, [projectQuota({ metadata: { name: 'q' }, spec })]).length === 1;
}

const selected = (operator: string, values?: readonly string[]): object => ({
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values && { values }) }] },
});

describe('a quota counts', () => {
  test('every pod when it has no scopes', () => {
    expect(counts(plain, {})).toBe(true);
  });

  test('pods whose time is limited, or those whose time is not', () => {
    const short = { ...plain, hasDeadline: true };
    expect([counts(short, { scopes: ['Terminating'] }), counts(plain, { scopes: ['Terminating'] })]).toEqual([
      true,
      false,
    ]);
    expect([counts(short, { scopes: ['NotTerminating'] }), counts(plain, { scopes: ['NotTerminating'] })]).toEqual([
      false,
      true,
    ]);
  });

  test('no pod that is sized when it is for BestEffort alone', () => {
    expect([counts(plain, { scopes: ['BestEffort'] }), counts(plain, { scopes: ['NotBestEffort'] })]).toEqual([
      false,
      true,
    ]);
  });

  test.each([
    ['In', ['high'], [true, false, false]],
    ['NotIn', ['high'], [false, true, true]],
    ['Exists', undefined, [true, true, false]],
    ['DoesNotExist', undefined, [false, false, true]],
  ] as const)('pods by their priority class: %s %s', (operator, values, expected) => {
    const classes = ['high', 'low', undefined];
    expect(classes.map((priorityClass) => counts({ ...plain, priorityClass }, selected(operator, values)))).toEqual(
      expected,
    );
  });

  test('pods that are in all of its scopes', () => {
    const spec = { scopes: ['NotTerminating', 'NotBestEffort'], ...selected('In', ['high']) };
    expect(counts({ ...plain, priorityClass: 'high' }, spec)).toBe(true);
    expect(counts({ hasDeadline: true, priorityClass: 'high' }, spec)).toBe(false);
  });

  test('pods in a scope that is not known here', () => {
    expect(counts(plain, { scopes: ['OfALaterVersion'] })).toBe(true);
  });
});

test('a pod is raised past a quota that does not count it, and reserves nothing of it', async () => {
  const quota = projectQuota({
    metadata: { name: 'jobs' },
    spec: { hard: { 'requests.cpu': '200m' }, scopes: ['Terminating'] },
  });
  const { admit, ledger } = await admissionOf({ needs: { app: '300m 300Mi' }, quotas: { shop: [quota] } });
  const service = admit(podOf([container('app', '100m 128Mi')])).pod;
  expect(service.spec.containers.map(written)).toEqual(['300m 300Mi']);
  expect(ledger.size).toBe(0);
  const job = admit(podOf([container('app', '100m 128Mi')], { activeDeadlineSeconds: 60 })).pod;
  expect(job.spec.containers.map(written)).toEqual(['200m 300Mi']);
  expect(ledger.size).toBe(1);
});
