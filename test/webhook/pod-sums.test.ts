import { describe, expect, test } from 'vitest';
import type { LimitRangeView, QuotaView } from '../../src/cluster/view.ts';
import { type AdmissionOptions, admissionOf } from './support/admission.ts';
import { container, podOf, type TestPod, written } from './support/pods.ts';

const mebibyte = 2 ** 20;

async function sized(pod: TestPod, options: AdmissionOptions): Promise<string[]> {
  const { admit } = await admissionOf(options);
  return admit(pod).pod.spec.containers.map(written);
}

describe('a LimitRange for pods', () => {
  const range = (parts: Partial<LimitRangeView>): Record<string, LimitRangeView[]> => ({
    shop: [{ name: 'pods', type: 'Pod', min: {}, max: {}, maxLimitRequestRatio: {}, ...parts }],
  });

  test('cuts raises, all by the same share, until the sum is at its maximum', async () => {
    const limitRanges = range({ max: { cpu: 1000 } });
    const pod = podOf([container('app', '100m 64Mi / 200m 64Mi'), container('proxy', '100m 64Mi / 200m 128Mi')]);
    const needs = { app: '500m 64Mi', proxy: '300m 64Mi' };
    // Limits of 1000 m and 600 m are 600 m too many: they give back three quarters of what they gained each.
    expect(await sized(pod, { needs, limitRanges })).toEqual(['500m 64Mi / 600m 64Mi', '300m 64Mi / 400m 128Mi']);
  });

  test('gives back part of what was lowered, down to its minimum', async () => {
    const limitRanges = range({ min: { memory: 200 * mebibyte } });
    const pod = podOf([container('app', '100m 200Mi'), container('proxy', '100m 100Mi')]);
    expect(await sized(pod, { needs: { app: '100m 100Mi', proxy: '100m 50Mi' }, limitRanges })).toEqual([
      `100m ${Math.floor(100 * mebibyte + (50 * mebibyte * 2) / 3) + 1}`,
      `100m ${Math.floor(50 * mebibyte + (50 * mebibyte) / 3)}`,
    ]);
  });

  test('leaves a resource as written in the whole pod where nothing else would be accepted', async () => {
    const limitRanges = range({ maxLimitRequestRatio: { cpu: 1.5 } });
    // Lowering proxy, which has no limit, would raise the ratio of the sums from 1 to 1.67.
    const pod = podOf([container('app', '100m 64Mi / 200m 64Mi'), container('proxy', '100m 64Mi')]);
    const needs = { app: '100m 64Mi', proxy: '20m 128Mi' };
    expect(await sized(pod, { needs, limitRanges })).toEqual(['100m 64Mi / 200m 64Mi', '100m 128Mi']);
  });
});

describe('a ResourceQuota', () => {
  const quota = (headroom: QuotaView['headroom'], more: Partial<QuotaView> = {}): QuotaView => ({
    name: 'compute',
    headroom,
    resourceVersion: '1',
    ...more,
  });
  const options = (...quotas: QuotaView[]): AdmissionOptions => ({ quotas: { shop: quotas } });

  test('caps raises of requests at its headroom', async () => {
    const pod = podOf([container('app', '100m 128Mi')]);
    const needs = { app: '900m 1Gi' };
    const quotas = options(quota({ 'requests.cpu': 500 }), quota({ 'requests.memory': 512 * mebibyte }));
    expect(await sized(pod, { needs, ...quotas })).toEqual(['500m 512Mi']);
  });

  test('caps raises of limits too, and the request never ends above its limit', async () => {
    const pod = podOf([container('app', '100m 128Mi / 200m 128Mi')]);
    const needs = { app: '900m 128Mi' };
    // A millicore less, as the pod would else become Guaranteed.
    const capped = await sized(pod, { needs, ...options(quota({ 'limits.cpu': 700 })) });
    expect(capped).toEqual(['699m 128Mi / 700m 128Mi']);
  });

  test('that is used up lets the pod through as written, and says so', async () => {
    const { admit } = await admissionOf({ needs: { app: '900m 64Mi' }, ...options(quota({ 'requests.cpu': -100 })) });
    const { pod, warnings } = admit(podOf([container('app', '100m 128Mi')]));
    expect(pod.spec.containers.map(written)).toEqual(['100m 64Mi']);
    expect(warnings).toEqual(['barograph: app: cpu 100m of 900m needed: quota-exhausted (ResourceQuota compute)']);
  });

  test('does not hold back what is lowered', async () => {
    const pod = podOf([container('app', '500m 128Mi')]);
    expect(await sized(pod, { needs: { app: '100m 128Mi' }, ...options(quota({ 'requests.cpu': 0 })) })).toEqual([
      '100m 128Mi',
    ]);
  });

  test('counts what was admitted and is not in its status yet', async () => {
    const test = await admissionOf({ needs: { app: '400m 64Mi' }, ...options(quota({ 'requests.cpu': 1000 })) });
    const cpus = Array.from({ length: 4 }, () => {
      test.clock.set(test.clock.nowSeconds() + 1);
      return test.admit(podOf([container('app', '100m 64Mi')])).pod.spec.containers[0]?.resources?.requests?.cpu;
    });
    expect(cpus).toEqual(['400m', '400m', '200m', '100m']);
    // Its status has caught up with the first two.
    test.view.setQuotas('shop', [quota({ 'requests.cpu': 200 }, { resourceVersion: '2' })]);
    expect(test.ledger.inFlight('shop', quota({ 'requests.cpu': 200 }, { resourceVersion: '2' }), 'requests.cpu')).toBe(
      300,
    );
    // What has not come into it after half a minute was refused by somebody else.
    test.clock.set(test.clock.nowSeconds() + 31);
    expect(test.ledger.inFlight('shop', quota({ 'requests.cpu': 200 }, { resourceVersion: '2' }), 'requests.cpu')).toBe(
      0,
    );
  });

  test('with the overhead of a RuntimeClass has less room for containers', async () => {
    const pod = podOf([container('app', '100m 128Mi')], { overhead: { cpu: '150m', memory: '64Mi' } });
    expect(await sized(pod, { needs: { app: '900m 128Mi' }, ...options(quota({ 'requests.cpu': 500 })) })).toEqual([
      '350m 128Mi',
    ]);
  });

  test('does not come to refuse a BestEffort pod that it did not count', async () => {
    // Unscoped it would refuse the pod as written: so it counts pods that are not BestEffort, and wants limits of them.
    const pod = podOf([container('app')]);
    const needs = { app: '100m 64Mi' };
    expect(await sized(pod, { needs, ...options(quota({ 'limits.cpu': 1000 })) })).toEqual(['- -']);
    expect(await sized(pod, { needs, ...options(quota({ 'requests.cpu': 1000 })) })).toEqual(['100m 64Mi']);
    const withInit = podOf([container('app')], { initContainers: [container('setup')] });
    expect(await sized(withInit, { needs, ...options(quota({ 'requests.cpu': 1000 })) })).toEqual(['- -']);
  });

  test('of another namespace does not matter', async () => {
    const quotas = { other: [quota({ 'requests.cpu': 0 })] };
    expect(await sized(podOf([container('app', '100m 64Mi')]), { needs: { app: '200m 64Mi' }, quotas })).toEqual([
      '200m 64Mi',
    ]);
  });
});

describe('the largest schedulable node', () => {
  const node = (name: string, cpu: number, schedulable = true) => ({
    name,
    labels: {},
    allocatable: { cpu, memory: 8 * 2 ** 30 },
    schedulable,
    ready: true,
  });

  test('caps what the containers of a pod ask for together', async () => {
    const nodes = [node('a', 2000), node('b', 1000), node('c', 64_000, false)];
    const pod = podOf([container('app', '100m 64Mi'), container('proxy', '100m 64Mi')]);
    const needs = { app: '3 64Mi', proxy: '1 64Mi' };
    const cpus = (await sized(pod, { needs, nodes })).map((text) => Number(text.slice(0, text.indexOf('m'))));
    expect(cpus).toEqual([1473, 527]);
  });

  test('counts an init container with the sidecars that run beside it', async () => {
    const nodes = [node('a', 1000)];
    const pod = podOf([container('app', '100m 64Mi')], {
      initContainers: [container('proxy', '100m 64Mi', { restartPolicy: 'Always' }), container('setup', '600m 64Mi')],
    });
    const { admit } = await admissionOf({ needs: { app: '200m 64Mi', proxy: '500m 64Mi' }, nodes });
    const { spec } = admit(pod).pod;
    expect([...(spec.initContainers ?? []), ...spec.containers].map(written)).toEqual([
      '400m 64Mi',
      '600m 64Mi',
      '200m 64Mi',
    ]);
  });

  test('is not known without nodes, and then caps nothing', async () => {
    expect(await sized(podOf([container('app', '1 64Mi')]), { needs: { app: '300 64Mi' } })).toEqual(['300 64Mi']);
  });
});
