import { describe, expect, test } from 'vitest';
import { monotonicMilliseconds } from '../../src/core/clock.ts';
import { admitPod } from '../../src/webhook/admit-pods.ts';
import { type AdmissionOptions, admissionOf, forecastOf, reviewOf } from './support/admission.ts';
import { annotated, container, podOf, type TestPod, written } from './support/pods.ts';

const needs = { app: '300m 300Mi', proxy: '50m 64Mi', setup: '1 1Gi' };

async function sized(pod: TestPod, options: AdmissionOptions = {}): Promise<string[]> {
  const { admit } = await admissionOf({ needs, ...options });
  const { spec } = admit(pod).pod;
  return [...(spec.initContainers ?? []), ...spec.containers].map(written);
}

describe('what other controllers manage', () => {
  const workload = 'shop/Deployment/web';
  const pod = podOf([container('app', '100m 128Mi'), container('proxy', '10m 16Mi')]);

  test('a resource that an HPA scales on stays in every container, the other one is sized', async () => {
    const autoscalers = { [workload]: { hpa: [{ resource: 'cpu', container: '' }] as const, vpa: [] } };
    expect(await sized(pod, { autoscalers })).toEqual(['100m 300Mi', '10m 64Mi']);
  });

  test('an HPA that scales on one container leaves the others', async () => {
    const autoscalers = { [workload]: { hpa: [{ resource: 'cpu', container: 'app' }] as const, vpa: [] } };
    expect(await sized(pod, { autoscalers })).toEqual(['100m 300Mi', '50m 64Mi']);
  });

  test('a resource that a VPA controls stays, but in the containers that it leaves out', async () => {
    const vpa = [{ resource: 'memory', except: ['proxy'] }] as const;
    expect(await sized(pod, { autoscalers: { [workload]: { hpa: [], vpa } } })).toEqual(['300m 128Mi', '50m 64Mi']);
  });

  test('a pod of which everything is controlled gets the annotation alone, and is counted by the reason', async () => {
    const hpa = [
      { resource: 'cpu', container: '' },
      { resource: 'memory', container: '' },
    ] as const;
    const { admit, counted, recorder } = await admissionOf({ needs, autoscalers: { [workload]: { hpa, vpa: [] } } });
    const { patch } = admit(pod);
    expect(patch.map(({ path }) => path)).toEqual(['/metadata/annotations/barograph.dev~1decision']);
    expect(counted).toEqual([['unchanged', 'controlled-by-hpa']]);
    const [decision] = await recorder.latest(1);
    expect(decision?.containers[0]?.reason).toEqual({ cpu: 'controlled-by-hpa', memory: 'controlled-by-hpa' });
  });

  test('an HPA of another workload does not matter', async () => {
    const autoscalers = { 'shop/Deployment/other': { hpa: [{ resource: 'cpu', container: '' }] as const, vpa: [] } };
    expect(await sized(pod, { autoscalers })).toEqual(['300m 300Mi', '50m 64Mi']);
  });
});

describe('containers', () => {
  test('that are plain init containers stay as they are, sidecars are sized', async () => {
    const pod = podOf([container('app', '100m 128Mi')], {
      initContainers: [container('setup', '200m 64Mi'), container('proxy', '10m 16Mi', { restartPolicy: 'Always' })],
    });
    expect(await sized(pod)).toEqual(['200m 64Mi', '50m 64Mi', '300m 300Mi']);
  });

  test('without a forecast stay beside those that have one', async () => {
    expect(await sized(podOf([container('app', '100m 128Mi'), container('new', '10m 16Mi')]))).toEqual([
      '300m 300Mi',
      '10m 16Mi',
    ]);
  });

  test('with a limit of zero stay', async () => {
    expect(await sized(podOf([container('app', '0 128Mi / 0 256Mi')]))).toEqual(['0 300Mi / 0 600Mi']);
  });

  test('with a limit of null, which is zero to the API server, stay', async () => {
    const resources = JSON.parse('{"limits":{"cpu":null},"requests":{"memory":"128Mi"}}');
    const pod = podOf([{ ...container('app'), resources }]);
    expect(await sized(pod)).toEqual(['- 300Mi / - -']);
  });

  test('keep hugepages, GPUs, ephemeral storage and claims untouched', async () => {
    const resources = {
      requests: {
        cpu: '100m',
        memory: '128Mi',
        'hugepages-2Mi': '4Mi',
        'ephemeral-storage': '1Gi',
        'example.com/gpu': '1',
      },
      limits: { 'hugepages-2Mi': '4Mi', 'example.com/gpu': '1' },
      claims: [{ name: 'device' }],
    };
    const { admit } = await admissionOf({ needs });
    const { pod } = admit(podOf([{ name: 'app', resources }]));
    expect(pod.spec.containers[0]?.resources).toEqual({
      ...resources,
      requests: { ...resources.requests, cpu: '300m', memory: '300Mi' },
    });
  });
});

describe('pods', () => {
  const before = [container('app', '100m 128Mi')];
  const windows = ['Windows pods are left unchanged'];
  const cases: [what: string, pod: TestPod, reason: string, warnings: string[]][] = [
    [
      'with resources of their own',
      podOf(before, { resources: { requests: { cpu: '1' } } }),
      'pod-level-resources',
      ['the pod has resources of its own (spec.resources); unchanged'],
    ],
    ['of Windows', podOf(before, { os: { name: 'windows' } }), 'pod-not-supported', windows],
    [
      'for Windows nodes',
      podOf(before, { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
      'pod-not-supported',
      windows,
    ],
    ['that are mirrors', annotated(podOf(before), { 'kubernetes.io/config.mirror': 'abc' }), 'pod-not-supported', []],
    ['that are static', annotated(podOf(before), { 'kubernetes.io/config.source': 'file' }), 'pod-not-supported', []],
    [
      'without an objective, outside of enabled namespaces',
      annotated(podOf(before), {
        'slo.barograph.dev/cpu-exceeded': undefined,
        'slo.barograph.dev/memory-exceeded': undefined,
      }),
      'no-objective',
      [],
    ],
    ['that say off', annotated(podOf(before), { 'barograph.dev/mode': 'off' }), 'mode-off', []],
    [
      'whose request is above its limit, which the API server refuses',
      podOf([container('app', '300m 128Mi / 200m 128Mi')]),
      'unreadable',
      ['app: its cpu request is above its limit'],
    ],
    [
      'whose quantities cannot be read',
      podOf([container('app', '1,5 128Mi')]),
      'unreadable',
      ["the request of app: expected a quantity such as 250m, 2 or 1.5Gi, received '1,5'"],
    ],
    [
      'whose annotations cannot be read',
      annotated(podOf(before), { 'slo.barograph.dev/cpu-exceeded': '1' }),
      'unreadable',
      ["slo.barograph.dev/cpu-exceeded: expected '%' at character 2, found the end"],
    ],
    [
      'with an unknown mode',
      annotated(podOf(before), { 'barograph.dev/mode': 'on' }),
      'unreadable',
      ["barograph.dev/mode: expected enforce, observe or off, found 'on'"],
    ],
  ];

  test.each(cases)('%s are left unchanged', async (_, pod, reason, warnings) => {
    const { admit, counted, recorder } = await admissionOf({ needs });
    const answer = admit(pod);
    expect(answer).toMatchObject({ allowed: true, patch: [], warnings: warnings.map((text) => `barograph: ${text}`) });
    expect(counted).toEqual([['unchanged', reason]]);
    expect(await recorder.latest(1)).toEqual([]);
  });

  test('whose annotations cannot be read are told to the owner of their controller', async () => {
    const { admit, notices } = await admissionOf({ needs });
    admit(annotated(podOf(before), { 'barograph.dev/bounds': 'cpu 2..1' }));
    expect(notices).toMatchObject([
      {
        reason: 'ObjectiveUnreadable',
        workload: { kind: 'Deployment', name: 'web' },
        message: expect.stringMatching(/^barograph\.dev\/bounds: .*character 5/),
      },
    ]);
  });

  test('that nobody controls are sized by their own name', async () => {
    const pod = podOf(before);
    pod.metadata = { name: 'solo', annotations: { 'slo.barograph.dev/cpu-exceeded': '1%' } };
    const { admit, counted } = await admissionOf({ needs });
    expect(admit(pod).warnings).toEqual(['barograph: no forecast yet for Pod solo; unchanged']);
    expect(counted).toEqual([['unchanged', 'no-forecast']]);
  });
});

describe('when Barograph knows too little', () => {
  const pod = podOf([container('app', '100m 128Mi')]);

  test.each([
    ['there is no forecast', { needs: {} }, 'no-forecast', 'no forecast yet for Deployment web; unchanged'],
    ['the cluster is not read yet', { needs, synced: false }, 'not-synced', 'the cluster is not read yet; unchanged'],
    ['there is no Outlook', { needs, outlook: 'none' }, 'outlook-stale', 'there is no Outlook yet; unchanged'],
  ] as const)('because %s, a pod goes through unchanged', async (_, options, reason, warning) => {
    const { admit, counted, notices } = await admissionOf(options);
    expect(admit(pod)).toMatchObject({ allowed: true, patch: [], warnings: [`barograph: ${warning}`] });
    expect(counted).toEqual([['unchanged', reason]]);
    // That is for metrics and alerts, not for the owners of pods.
    expect(notices).toEqual([]);
  });

  test('about the time that is left, a pod goes through unchanged and nothing is kept', async () => {
    const { admission, counted, recorder } = await admissionOf({ needs });
    const body = Buffer.from(JSON.stringify(reviewOf(pod)));
    const late = JSON.parse(admitPod(body, admission, monotonicMilliseconds() + 20).toString('utf8')) as object;
    expect(late).toMatchObject({ response: { warnings: ['barograph: the deadline was near; unchanged'] } });
    expect(late).not.toHaveProperty('response.patch');
    expect(counted).toEqual([['unchanged', 'deadline-near']]);
    expect(await recorder.latest(1)).toEqual([]);
    admitPod(body, admission, monotonicMilliseconds() + 3000);
    expect(counted).toHaveLength(2);
    expect(counted[1]).toEqual(['enforced', '']);
  });

  test.each([1801, -1860])('because the newest measurement is %d s away, a pod goes through unchanged', async (age) => {
    const { admit, clock } = await admissionOf({ needs });
    clock.set(1_700_600_000 + age);
    expect(admit(pod)).toMatchObject({
      patch: [],
      warnings: ['barograph: the Outlook is too old to act on; unchanged'],
    });
  });

  test('forecasts that make no sense count as none', async () => {
    for (const cpu of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      const forecasts = new Map([['shop/Deployment/web/app', forecastOf('x', cpu, 300 * 2 ** 20)]]);
      expect(await sized(pod, { forecasts })).toEqual(['100m 300Mi']);
    }
  });
});
