import { describe, expect, test } from 'vitest';
import { admitPod } from '../../src/webhook/admit-pods.ts';
import { answerReview } from '../../src/webhook/review.ts';
import { admissionOf, reviewOf } from './support/admission.ts';
import { annotated, container, podOf } from './support/pods.ts';

const needs = { app: '300m 300Mi' };
const pod = podOf([container('app', '100m 128Mi / 200m 256Mi')]);

describe('a review', () => {
  test('is answered to the letter', async () => {
    const { raw } = await admissionOf({ needs });
    const answer = raw(JSON.stringify(reviewOf(pod))) as { response: { patch: string } };
    expect(answer).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
        allowed: true,
        patchType: 'JSONPatch',
        patch: expect.any(String),
      },
    });
    expect(JSON.parse(atob(answer.response.patch))).toEqual([
      { op: 'add', path: '/spec/containers/0/resources/requests/cpu', value: '300m' },
      { op: 'add', path: '/spec/containers/0/resources/requests/memory', value: '300Mi' },
      { op: 'add', path: '/spec/containers/0/resources/limits/cpu', value: '600m' },
      { op: 'add', path: '/spec/containers/0/resources/limits/memory', value: '600Mi' },
      {
        op: 'add',
        path: '/metadata/annotations/barograph.dev~1decision',
        value: 'lp8td8bk-m8yzsm8w; enforce; cpu 100m to 300m, memory 128Mi to 300Mi',
      },
    ]);
  });

  test('of a pod without anything gets every parent that the patch needs', async () => {
    const namespaces = [{ name: 'shop', labels: { 'barograph.dev/enabled': 'true' }, annotations: {} }];
    const forecasts = (await admissionOf({ needs })).admission.world().forecasts;
    const { admit } = await admissionOf({
      namespaces,
      forecasts: new Map([['shop/Pod/solo/app', forecasts.get('shop/Deployment/web/app')]]) as never,
    });
    const bare = { metadata: { name: 'solo' }, spec: { containers: [{ name: 'app' }] } };
    const { patch, pod: after } = admit(bare);
    expect(patch.slice(0, 3)).toEqual([
      { op: 'add', path: '/spec/containers/0/resources', value: {} },
      { op: 'add', path: '/spec/containers/0/resources/requests', value: {} },
      { op: 'add', path: '/spec/containers/0/resources/requests/cpu', value: '300m' },
    ]);
    expect(after.spec.containers[0]?.resources).toEqual({ requests: { cpu: '300m', memory: '300Mi' } });
  });

  test.each([
    ['UPDATE', {}],
    ['DELETE', { object: null }],
    ['CONNECT', {}],
    ['UPDATE', { subResource: 'ephemeralcontainers' }],
    ['CREATE', { kind: { group: '', version: 'v1', kind: 'Binding' }, subResource: 'binding' }],
  ])('of %s %j is allowed without a word', async (operation, more) => {
    const { admit, counted } = await admissionOf({ needs });
    expect(admit(pod, { operation, ...more })).toMatchObject({ allowed: true, patch: [], warnings: [] });
    expect(counted).toEqual([]);
  });

  test('of something that is not a pod is allowed with a warning', async () => {
    const objects = [null, 7, 'pod', [], {}, { metadata: {} }, { metadata: {}, spec: { containers: [] } }];
    const spoilt = [
      { ...pod, spec: { containers: [{ name: 7 }] } },
      { ...pod, spec: { containers: [null] } },
      { ...pod, spec: { containers: {} } },
      { ...pod, spec: { ...pod.spec, initContainers: 'x' } },
    ];
    for (const object of [...objects, ...spoilt]) {
      const { admit, counted } = await admissionOf({ needs });
      const { allowed, patch, warnings } = admit(pod, { object });
      expect([allowed, patch, warnings]).toEqual([
        true,
        [],
        ['barograph: the object is not a pod that can be read; unchanged'],
      ]);
      expect(counted).toEqual([['unchanged', 'unreadable']]);
    }
  });

  test('with odd values where maps belong is decided on as far as it can be read', async () => {
    const { admit } = await admissionOf({ needs });
    const odd = {
      metadata: {
        ...pod.metadata,
        labels: 7,
        ownerReferences: [null, { kind: 1 }, ...(pod.metadata.ownerReferences ?? [])],
      },
      spec: { containers: [{ name: 'app', resources: { requests: null, limits: [] } }], initContainers: null },
    };
    // Without the label with the hash the ReplicaSet itself is taken for the workload.
    expect(admit(odd as never).warnings).toEqual(['barograph: no forecast yet for ReplicaSet web-7d4b9c; unchanged']);
  });

  test.each([
    ['nothing', ''],
    ['garbage', '\u0000\u0001'],
    ['half of one', JSON.stringify(reviewOf(pod)).slice(0, 300)],
    ['a list', '[]'],
    ['null', 'null'],
    ['one without a uid', JSON.stringify(reviewOf(pod, { uid: undefined }))],
    ['another version', JSON.stringify({ ...reviewOf(pod), apiVersion: 'admission.k8s.io/v1beta1' })],
    ['a million brackets', '['.repeat(1e6)],
  ])('that is %s cannot be answered, which lets the pod through (failurePolicy Ignore)', async (_, body) => {
    const { admission, counted } = await admissionOf({ needs });
    expect(() => admitPod(Buffer.from(body), admission)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(counted).toEqual([['unchanged', 'unreadable']]);
  });

  test('of a pod with deep and huge parts that do not matter is decided on as any other', async () => {
    const { raw } = await admissionOf({ needs });
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    const body = JSON.stringify(reviewOf(podOf(pod.spec.containers, { deep: '@' }))).replace('"@"', deep);
    expect(raw(body)).toMatchObject({ response: { allowed: true, patchType: 'JSONPatch' } });
    const huge = podOf([container('app', '100m 128Mi', { env: [{ name: 'X', value: 'x'.repeat(1e6) }] })]);
    expect(raw(JSON.stringify(reviewOf(huge)))).toMatchObject({ response: { allowed: true, patchType: 'JSONPatch' } });
  });

  test('on which deciding fails is allowed unchanged, and the failure is logged', async () => {
    const { admission, counted } = await admissionOf({ needs });
    const errors: object[] = [];
    const broken = {
      ...admission,
      world: () => {
        throw new TypeError('boom');
      },
      logger: { ...admission.logger, error: (fields: object) => errors.push(fields) },
    };
    const answer = JSON.parse(admitPod(Buffer.from(JSON.stringify(reviewOf(pod))), broken).toString());
    expect(answer.response).toEqual({
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      allowed: true,
      warnings: ['barograph: the pod could not be read; unchanged'],
    });
    expect(errors).toEqual([{ error: 'boom', uid: '705ab4f5-6393-11e8-b7cc-42010a800002' }]);
    expect(counted).toEqual([['unchanged', 'unreadable']]);
  });
});

describe('warnings', () => {
  const warningsOf = (...warnings: string[]): string[] =>
    JSON.parse(answerReview('u', { allowed: true, warnings, patch: [] }).toString()).response.warnings;

  test('have at most 120 characters, on one line, whatever a pod says', async () => {
    const { admit } = await admissionOf({ needs });
    const annotations = {
      'barograph.dev/mode': `${'😀'.repeat(200)}\nWarning: 299`,
      'barograph.dev/bounds': 'cpu \u202e 1..',
      'slo.barograph.dev/latency': '99 < 250ms',
      'slo.barograph.dev/throughputs': '> 300/s',
    };
    const { warnings } = admit(annotated(pod, annotations));
    expect(warnings.length).toBeGreaterThan(2);
    for (const warning of warnings) {
      expect([...warning].length).toBeLessThanOrEqual(120);
      expect(warning).toMatch(/^barograph: [^\p{Cc}\p{Cf}]+$/u);
      expect(warning.isWellFormed()).toBe(true);
    }
  });

  test('are cut with an ellipsis, and at most twelve are sent', () => {
    expect(warningsOf('a'.repeat(109))).toEqual([`barograph: ${'a'.repeat(109)}`]);
    expect(warningsOf('a'.repeat(110))).toEqual([`barograph: ${'a'.repeat(108)}…`]);
    expect(warningsOf(...Array.from({ length: 20 }, (_, i) => `${i}`))).toHaveLength(12);
  });
});
