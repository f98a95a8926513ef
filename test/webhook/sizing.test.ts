import { describe, expect, test } from 'vitest';
import { containerForecast } from '../support/samples.ts';
import { type AdmissionOptions, admissionOf } from './support/admission.ts';
import { annotated, container, podOf, type TestContainer, type TestPod, written } from './support/pods.ts';

/** What one container `app` comes out with. */
async function sized(before: string, needs: string, options: AdmissionOptions = {}, pod?: TestPod): Promise<string> {
  const { admit } = await admissionOf({ needs: { app: needs }, ...options });
  const [first] = admit(pod ?? podOf([container('app', before)])).pod.spec.containers;
  return written(first as TestContainer);
}

describe('a request follows the forecast', () => {
  test('up and down, and the limit keeps its ratio to it', async () => {
    expect(await sized('100m 128Mi / 200m 256Mi', '250m 64Mi')).toBe('250m 64Mi / 500m 128Mi');
  });

  test('at the risk that the pod promises, not at the default one', async () => {
    const forecasts = new Map([['shop/Deployment/web/app', containerForecast('shop/Deployment/web/app')]]);
    // 1 % and 0.1 % of the samples: 1.4 times 200 m, 1.6 times 256 MiB.
    expect(await sized('100m 128Mi', '', { forecasts })).toBe('280m 410Mi');
    const pod = annotated(podOf([container('app', '100m 128Mi')]), { 'slo.barograph.dev/cpu-exceeded': '10%' });
    expect(await sized('', '', { forecasts }, pod)).toBe('200m 410Mi');
  });

  test('at the price of the fleet where no risk is written, as long as that keeps the configured one', async () => {
    const { cpu, memory, ...rest } = containerForecast('shop/Deployment/web/app');
    const pooled = { promised: 0.05, request: 123 };
    const forecasts = new Map([[rest.id, { ...rest, cpu: { ...cpu, pooled }, memory: { ...memory, pooled } }]]);
    const latency = { 'slo.barograph.dev/latency': 'p99 < 1s', 'slo.barograph.dev/memory-exceeded': undefined };
    const pod = annotated(podOf([container('app', '100m 128Mi')]), latency);
    // The configured risks are 5 % and 1 %: what is priced for 5 % is not memory's.
    const bare = annotated(pod, { 'slo.barograph.dev/cpu-exceeded': undefined });
    expect(await sized('', '', { forecasts }, bare)).toBe('123m 359Mi');
    const wished = annotated(pod, { 'slo.barograph.dev/cpu-exceeded': '5%' });
    expect(await sized('', '', { forecasts }, wished)).toBe('241m 359Mi');
  });

  test('where nothing was written too, and a BestEffort pod becomes Burstable', async () => {
    expect(await sized('- -', '250m 300Mi')).toBe('250m 300Mi');
  });

  test('but never so low that a process cannot start', async () => {
    expect(await sized('100m 128Mi', '0 0')).toBe('1m 4Mi');
  });

  test('in whole mebibytes, rounded up', async () => {
    expect(await sized('100m 128Mi', '100m 1000000')).toBe('100m 4Mi');
    expect(await sized('100m 128Mi', '100m 100000000')).toBe('100m 96Mi');
  });

  test('and a limit alone counts as the request, as in the API server', async () => {
    expect(await sized('- - / 200m 256Mi', '50m 64Mi')).toBe('50m 64Mi / 50m 64Mi');
  });

  test('and a memory limit is never below what is forecast', async () => {
    // The ratio 1.5 kept would do; a limit as low as the request would not.
    expect(await sized('1 100Mi / 2 200Mi', '1 300Mi', {}, bounded('memory ..100Mi'))).toBe('1 100Mi / 2 300Mi');
  });

  test('but a CPU limit may be: it slows down, it does not kill', async () => {
    expect(await sized('100m 1Gi / 200m 1Gi', '300m 1Gi', {}, bounded('cpu ..100m', '100m 1Gi / 200m 2Gi'))).toBe(
      '100m 1Gi / 200m 2Gi',
    );
  });

  function bounded(bounds: string, text = '1 100Mi / 2 200Mi'): TestPod {
    return annotated(podOf([container('app', text)]), { 'barograph.dev/bounds': bounds });
  }
});

describe('bounds', () => {
  test('hold a request from below and above', async () => {
    const pod = (bounds: string): TestPod =>
      annotated(podOf([container('app', '100m 128Mi')]), { 'barograph.dev/bounds': bounds });
    expect(await sized('', '10m 1Gi', {}, pod('cpu 50m..2, memory ..512Mi'))).toBe('50m 512Mi');
    expect(await sized('', '3 1Gi', {}, pod('cpu 50m..2'))).toBe('2 1Gi');
    expect(await sized('', '3 1Gi', {}, pod('off'))).toBe('100m 128Mi');
  });

  test('of one container leave the others to the common ones', async () => {
    const pod = annotated(podOf([container('app', '100m 128Mi'), container('proxy', '10m 16Mi')]), {
      'barograph.dev/bounds': 'app: cpu ..200m; proxy: off',
    });
    const { admit } = await admissionOf({ needs: { app: '900m 200Mi', proxy: '50m 64Mi' } });
    expect(admit(pod).pod.spec.containers.map(written)).toEqual(['200m 200Mi', '10m 16Mi']);
  });
});

describe('the QoS class', () => {
  test('Guaranteed stays: request and limit move together', async () => {
    expect(await sized('200m 256Mi / 200m 256Mi', '300m 128Mi')).toBe('300m 128Mi / 300m 128Mi');
  });

  test('Guaranteed with whole cores keeps whole cores, which the static CPU manager pins', async () => {
    expect(await sized('2 1Gi / 2 1Gi', '2500m 1Gi')).toBe('3 1Gi / 3 1Gi');
    expect(await sized('4 1Gi / 4 1Gi', '100m 1Gi')).toBe('1 1Gi / 1 1Gi');
    expect(await sized('1500m 1Gi / 1500m 1Gi', '700m 1Gi')).toBe('700m 1Gi / 700m 1Gi');
  });

  test('Guaranteed memory is not lowered by bounds below the forecast, since its limit would kill', async () => {
    const pod = annotated(podOf([container('app', '1 1Gi / 1 1Gi')]), { 'barograph.dev/bounds': 'memory ..512Mi' });
    expect(await sized('', '1 900Mi', {}, pod)).toBe('1 1Gi / 1 1Gi');
  });

  test('Burstable stays Burstable when the last unequal pair would become equal', async () => {
    const limitRanges = { shop: [range({ max: { cpu: 500, memory: 512 * 2 ** 20 } })] };
    const before = '200m 512Mi / 500m 512Mi';
    expect(await sized(before, '900m 900Mi', { limitRanges })).toBe('499m 512Mi / 500m 512Mi');
  });

  test('is judged over all containers, init containers too', async () => {
    const pod = podOf([container('app', '200m 256Mi / 200m 256Mi')], {
      initContainers: [container('setup', '- 64Mi')],
    });
    expect(await sized('', '100m 300Mi', {}, pod)).toBe('100m 300Mi / 100m 300Mi');
  });
});

describe('a LimitRange for containers', () => {
  test('holds requests and limits between minimum and maximum', async () => {
    const limitRanges = {
      shop: [range({ min: { cpu: 100, memory: 64 * 2 ** 20 }, max: { cpu: 1000, memory: 2 ** 30 } })],
    };
    expect(await sized('200m 128Mi / 400m 256Mi', '10m 900Mi', { limitRanges })).toBe('100m 900Mi / 200m 1Gi');
    expect(await sized('200m 128Mi / 400m 256Mi', '3 10Mi', { limitRanges })).toBe('1 64Mi / 1 128Mi');
  });

  test('keeps the largest ratio of limit to request', async () => {
    const limitRanges = { shop: [range({ maxLimitRequestRatio: { cpu: 2, memory: 1.5 } })] };
    expect(await sized('200m 128Mi / 400m 192Mi', '100m 256Mi', { limitRanges })).toBe('100m 256Mi / 200m 384Mi');
    // Bounds hold the request; the limit would have to be four times as large for the forecast.
    const pod = annotated(podOf([container('app', '200m 128Mi / 400m 192Mi')]), {
      'barograph.dev/bounds': 'memory ..128Mi',
    });
    expect(await sized('', '100m 512Mi', { limitRanges }, pod)).toBe('100m 128Mi / 200m 192Mi');
  });

  test('that put values in does not make them the wish of the user: their ratio is not kept', async () => {
    const defaulted = annotated(podOf([container('app', '100m 128Mi / 500m 512Mi')]), {
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container app; cpu, memory limit for container app',
    });
    expect(await sized('', '250m 64Mi', {}, defaulted)).toBe('250m 64Mi / 500m 512Mi');
    // A millicore below the limit, as the pod would else become Guaranteed.
    expect(await sized('', '900m 900Mi', {}, defaulted)).toBe('899m 900Mi / 900m 900Mi');
  });

  test('warns when it leaves less memory than the objective needs, on the controller too', async () => {
    const limitRanges = { shop: [range({ max: { memory: 512 * 2 ** 20 } })] };
    const { admit, notices } = await admissionOf({ needs: { app: '100m 900Mi' }, limitRanges });
    const { warnings } = admit(podOf([container('app', '100m 128Mi / 200m 256Mi')]));
    expect(warnings).toEqual(['barograph: app: memory 512Mi of 900Mi needed: capped by LimitRange']);
    expect(notices).toEqual([
      {
        workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
        owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c', uid: 'uid-of-rs', controller: true },
        reason: 'ObjectiveCapped',
        message: 'app: memory 512Mi of 900Mi needed: capped by LimitRange',
      },
    ]);
  });
});

function range(parts: object, type: 'Container' | 'Pod' = 'Container') {
  return { name: 'limits', type, min: {}, max: {}, maxLimitRequestRatio: {}, ...parts };
}
