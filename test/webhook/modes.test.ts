import { describe, expect, test } from 'vitest';
import type { Mode } from '../../src/core/decision.ts';
import { decisionAnnotation } from '../../src/core/decision-annotation.ts';
import { admissionOf, startSeconds } from './support/admission.ts';
import { annotated, container, podOf, written } from './support/pods.ts';

const needs = { app: '300m 300Mi', proxy: '50m 64Mi' };
const pod = podOf([container('app', '100m 128Mi / 200m 256Mi')]);
const grammar = /^[0-9a-z]+-[0-9a-z]{8}; (enforce|observe); .{1,60}$/;

describe('the mode', () => {
  test('observe changes the annotation alone, and says what enforce would do', async () => {
    const { admit, recorder, counted } = await admissionOf({ needs, mode: 'observe' });
    const { patch, pod: after } = admit(pod);
    expect(patch).toHaveLength(1);
    expect(after.spec).toEqual(pod.spec);
    const text = after.metadata.annotations?.[decisionAnnotation] ?? '';
    expect(text).toMatch(grammar);
    expect(text).toContain('; observe; cpu 100m to 300m, memory 128Mi to 300Mi');
    const [decision] = await recorder.latest(1);
    expect(decision).toMatchObject({ mode: 'observe', containers: [{ after: { requests: { cpu: 300 } } }] });
    expect(counted).toEqual([['observed', '']]);
  });

  test('enforce changes requests and limits, and says so in the annotation', async () => {
    const { admit } = await admissionOf({ needs });
    const text = admit(pod).pod.metadata.annotations?.[decisionAnnotation] ?? '';
    expect(text).toMatch(grammar);
    expect(text).toContain('; enforce; cpu 100m to 300m, memory 128Mi to 300Mi');
  });

  test.each<[string | undefined, string | undefined, Mode, Mode, Mode]>([
    // pod, namespace, configuration, ceiling, what holds
    [undefined, undefined, 'observe', 'enforce', 'observe'],
    [undefined, 'enforce', 'observe', 'enforce', 'enforce'],
    ['observe', 'enforce', 'enforce', 'enforce', 'observe'],
    ['enforce', 'off', 'off', 'enforce', 'enforce'],
    ['enforce', undefined, 'observe', 'observe', 'observe'],
    ['enforce', 'enforce', 'enforce', 'off', 'off'],
    ['off', 'enforce', 'enforce', 'enforce', 'off'],
  ])(
    'of pod %s, namespace %s, configuration %s under ceiling %s is %s',
    async (own, ofNamespace, mode, maxMode, holds) => {
      const annotations: Record<string, string> =
        ofNamespace === undefined ? {} : { 'barograph.dev/mode': ofNamespace };
      const namespaces = [{ name: 'shop', labels: {}, annotations }];
      const { admit } = await admissionOf({ needs, mode, maxMode, namespaces });
      const { pod: after } = admit(annotated(pod, { 'barograph.dev/mode': own }));
      const said = after.metadata.annotations?.[decisionAnnotation]?.split('; ')[1] ?? 'off';
      expect(said).toBe(holds);
    },
  );
});

describe('a namespace', () => {
  const bare = annotated(pod, {
    'slo.barograph.dev/cpu-exceeded': undefined,
    'slo.barograph.dev/memory-exceeded': undefined,
  });
  const enabled = { 'barograph.dev/enabled': 'true' };

  test('that is enabled brings in its pods with the configured objective', async () => {
    const { admit, recorder } = await admissionOf({
      needs,
      namespaces: [{ name: 'shop', labels: enabled, annotations: {} }],
    });
    expect(admit(bare).pod.spec.containers.map(written)).toEqual(['300m 300Mi / 600m 600Mi']);
    const [decision] = await recorder.latest(1);
    expect(decision?.containers[0]?.objective).toEqual({ cpuExceeded: 0.05, memoryExceeded: 0.01 });
  });

  test('gives its annotations to its pods, each as far as a pod does not say otherwise', async () => {
    const annotations = {
      'slo.barograph.dev/cpu-exceeded': '2%',
      'slo.barograph.dev/memory-exceeded': '2%',
      'barograph.dev/bounds': 'cpu ..250m',
    };
    const namespaces = [{ name: 'shop', labels: enabled, annotations }];
    const { admit, recorder } = await admissionOf({ needs, namespaces });
    expect(admit(annotated(bare, { 'slo.barograph.dev/cpu-exceeded': '3%' })).pod.spec.containers.map(written)).toEqual(
      ['250m 300Mi / 500m 600Mi'],
    );
    const [decision] = await recorder.latest(1);
    expect(decision?.containers[0]?.objective).toEqual({ cpuExceeded: 0.03, memoryExceeded: 0.02 });
  });

  test('with objectives but without the label does not bring in its pods', async () => {
    const namespaces = [{ name: 'shop', labels: {}, annotations: { 'slo.barograph.dev/cpu-exceeded': '2%' } }];
    const { admit, counted } = await admissionOf({ needs, namespaces });
    expect(admit(bare).patch).toEqual([]);
    expect(counted).toEqual([['unchanged', 'no-objective']]);
  });
});

describe('a dry run', () => {
  test('is answered as any other and leaves nothing', async () => {
    const quota = { name: 'q', headroom: { 'requests.cpu': 10_000 }, resourceVersion: '1' };
    const test = await admissionOf({ needs, quotas: { shop: [quota] } });
    expect(test.admit(pod, { dryRun: true }).pod.spec.containers.map(written)).toEqual(['300m 300Mi / 600m 600Mi']);
    test.admit(annotated(pod, { 'barograph.dev/bounds': '!' }), { dryRun: true });
    test.admit({ metadata: {} } as never, { dryRun: true });
    expect(await test.recorder.latest(10)).toEqual([]);
    expect(test.ledger.inFlight('shop', quota, 'requests.cpu')).toBe(0);
    expect([test.counted, test.notices]).toEqual([[], []]);
  });
});

describe('a second call for the same pod', () => {
  test('changes nothing and is counted as decided', async () => {
    const { admit, counted } = await admissionOf({ needs });
    const second = admit(admit(pod).pod);
    expect(second).toMatchObject({ allowed: true, patch: [], warnings: [] });
    expect(counted).toEqual([
      ['enforced', ''],
      ['unchanged', 'already-decided'],
    ]);
  });

  test('changes nothing either where another replica answered the first, or an Outlook came between', async () => {
    const first = await admissionOf({ needs });
    const second = await admissionOf({ needs });
    expect(second.admit(first.admit(pod).pod).patch).toEqual([]);
    const later = await admissionOf({ needs });
    const { pod: after } = later.admit(pod);
    later.clock.set(startSeconds + 5);
    expect(later.admit(after).patch).toEqual([]);
  });

  test('sizes what another webhook has added since, and leaves the rest as it was decided', async () => {
    const { admit, recorder, knowledge } = await admissionOf({ needs });
    const { pod: first } = admit(pod);
    const id = first.metadata.annotations?.[decisionAnnotation]?.split(';')[0] ?? '';
    const injected = {
      ...first,
      spec: { ...first.spec, containers: [...first.spec.containers, container('proxy', '100m 128Mi')] },
    };
    const { pod: second, patch } = admit(injected);
    expect(second.spec.containers.map(written)).toEqual(['300m 300Mi / 600m 600Mi', '50m 64Mi']);
    expect(patch.map(({ path }) => path)).toEqual([
      '/spec/containers/1/resources/requests/cpu',
      '/spec/containers/1/resources/requests/memory',
      '/metadata/annotations/barograph.dev~1decision',
    ]);
    // One decision, under one id, which knows what the user asked for.
    expect(second.metadata.annotations?.[decisionAnnotation]).toBe(
      `${id}; enforce; cpu 200m to 350m, memory 256Mi to 364Mi`,
    );
    await recorder.close();
    expect(await knowledge.decisions(10)).toMatchObject([
      {
        id,
        containers: [{ before: { requests: { cpu: 100 } }, after: { requests: { cpu: 300 } } }, { name: 'proxy' }],
      },
    ]);
  });

  test('in observe mode says what it would do with what was added', async () => {
    const { admit, recorder } = await admissionOf({ needs, mode: 'observe' });
    const { pod: first } = admit(pod);
    expect(admit(first).patch).toEqual([]);
    const injected = {
      ...first,
      spec: { ...first.spec, containers: [...first.spec.containers, container('proxy', '100m 128Mi')] },
    };
    const { pod: second } = admit(injected);
    expect(second.spec).toEqual(injected.spec);
    expect(await recorder.latest(5)).toMatchObject([{ containers: [{ name: 'app' }, { name: 'proxy' }] }]);
  });

  test('does not count what the first one took from a quota', async () => {
    const quotas = { shop: [{ name: 'q', headroom: { 'requests.cpu': 250 }, resourceVersion: '1' }] };
    const { admit } = await admissionOf({ needs, quotas });
    const { pod: first } = admit(pod);
    expect(first.spec.containers.map(written)).toEqual(['250m 300Mi / 500m 600Mi']);
    expect(admit(first).patch).toEqual([]);
  });

  test('that comes with a decision copied from another pod long ago decides anew', async () => {
    const { admit, clock } = await admissionOf({ needs: { app: '300m 300Mi' } });
    const { pod: first } = admit(pod);
    clock.set(startSeconds + 120);
    const { pod: copy } = admit(first);
    expect(copy.metadata.annotations?.[decisionAnnotation]).not.toBe(first.metadata.annotations?.[decisionAnnotation]);
    expect(admit(annotated(pod, { [decisionAnnotation]: 'nonsense' })).patch.length).toBeGreaterThan(1);
  });
});
