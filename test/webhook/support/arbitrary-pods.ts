import fc from 'fast-check';
import type { LimitRangeView, QuotaView } from '../../../src/cluster/view.ts';
import type { ContainerForecast } from '../../../src/core/outlook.ts';
import { forecastOf } from './admission.ts';
import { annotated, podOf, type TestContainer, type TestPod } from './pods.ts';

const cpu = fc.oneof(
  fc.integer({ min: 0, max: 4000 }).map((value) => `${value}m`),
  fc.constantFrom('0', '1', '2', '0.5', '1e-1', '1.5'),
);
const memory = fc.oneof(
  fc.integer({ min: 0, max: 4096 }).map((value) => `${value}Mi`),
  fc.constantFrom('0', '1Gi', '1G', '123456789', '1.5Gi', '128974848', '100M'),
);
const list = fc.record({ cpu, memory }, { requiredKeys: [] });

const loose = fc.record(
  { requests: fc.option(list, { nil: undefined }), limits: fc.option(list, { nil: undefined }) },
  { requiredKeys: [] },
);
// What people write is mostly one of these: equal, or a limit some times the request.
const equal = fc.record({ cpu, memory }).map((both) => ({ requests: both, limits: both }));
const scaled = fc
  .tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2048 }), fc.integer({ min: 1, max: 4 }))
  .map(([millicores, mebibytes, ratio]) => ({
    requests: { cpu: `${millicores}m`, memory: `${mebibytes}Mi` },
    limits: { cpu: `${millicores * ratio}m`, memory: `${mebibytes * ratio}Mi` },
  }));
const resources = fc.oneof(loose, equal, scaled, fc.constant(undefined));

// Small enough for most rules of a namespace.
const modest = fc
  .tuple(fc.integer({ min: 10, max: 600 }), fc.integer({ min: 8, max: 400 }), fc.integer({ min: 1, max: 3 }))
  .map(([millicores, mebibytes, ratio]) => ({
    requests: { cpu: `${millicores}m`, memory: `${mebibytes}Mi` },
    limits: { cpu: `${millicores * ratio}m`, memory: `${mebibytes * ratio}Mi` },
  }));

function containerNamed(name: string, written: fc.Arbitrary<object | undefined>): fc.Arbitrary<TestContainer> {
  return written.map((held) => ({
    name,
    image: 'example.com/app:1',
    ...(held === undefined
      ? {}
      : { resources: JSON.parse(JSON.stringify(held)) as TestContainer['resources'] & object }),
  }));
}

const bounds = fc.constantFrom(undefined, 'cpu 100m..2, memory 64Mi..1Gi', 'cpu ..500m', 'c0: off', 'c1: memory 2Gi..');
const limitRanger = fc.constantFrom(
  undefined,
  'LimitRanger plugin set: cpu, memory request for container c0; cpu, memory limit for container c0',
);

/** Pods of Deployment `shop/web`, of one to three containers `c0` … and up to two init containers, sidecars among them. */
export const arbitraryPod: fc.Arbitrary<TestPod> = podsWith(resources);

/** The same, of which most are accepted in a namespace with limits and quotas. */
export const modestPod: fc.Arbitrary<TestPod> = podsWith(modest);

function podsWith(written: fc.Arbitrary<object | undefined>): fc.Arbitrary<TestPod> {
  const upTo = (prefix: string, min: number, max: number): fc.Arbitrary<TestContainer[]> =>
    fc
      .integer({ min, max })
      .chain((count) => fc.tuple(...names(prefix, count).map((name) => containerNamed(name, written))));
  return fc
    .record({ containers: upTo('c', 1, 3), inits: upTo('i', 0, 2), sidecar: fc.boolean(), bounds, limitRanger })
    .map(({ containers, inits, sidecar, ...more }) => {
      const initContainers = inits.map((init) => (sidecar ? { ...init, restartPolicy: 'Always' } : init));
      const pod = podOf(containers, initContainers.length === 0 ? {} : { initContainers });
      return annotated(pod, { 'barograph.dev/bounds': more.bounds, 'kubernetes.io/limit-ranger': more.limitRanger });
    });
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** What every container that can be in such a pod will need; some have no forecast. */
export const arbitraryForecasts: fc.Arbitrary<ReadonlyMap<string, ContainerForecast>> = fc
  .tuple(
    ...['c0', 'c1', 'c2', 'i0', 'i1'].map((name) =>
      fc.option(fc.tuple(fc.constant(name), fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 ** 32 }))),
    ),
  )
  .map((needs) => {
    const known = needs.filter((need) => need !== null);
    return new Map(
      known.map(([name, millicores, bytes]) => {
        const id = `shop/Deployment/web/${name}`;
        return [id, forecastOf(id, millicores, bytes)];
      }),
    );
  });

const amounts = (least: number, most: number): fc.Arbitrary<{ cpu?: number; memory?: number }> =>
  fc.record(
    {
      cpu: fc.integer({ min: least, max: most }),
      memory: fc.integer({ min: least, max: most }).map((n) => n * 2 ** 20),
    },
    { requiredKeys: [] },
  );
const ratio = fc.integer({ min: 1000, max: 4000 }).map((thousandths) => thousandths / 1000);

export const arbitraryLimitRanges: fc.Arbitrary<LimitRangeView[]> = fc.array(
  fc.record({
    name: fc.constant('limits'),
    type: fc.constantFrom('Container' as const, 'Pod' as const),
    min: amounts(0, 500),
    max: fc.oneof(fc.constant({}), amounts(500, 6000)),
    maxLimitRequestRatio: fc.oneof(fc.constant({}), fc.record({ cpu: ratio, memory: ratio }, { requiredKeys: [] })),
  }),
  { maxLength: 2 },
);

const headroom = fc.integer({ min: -500, max: 8000 });
const bytesLeft = headroom.map((mebibytes) => mebibytes * 2 ** 20);

export const arbitraryQuotas: fc.Arbitrary<QuotaView[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b'),
    headroom: fc.record(
      { 'requests.cpu': headroom, 'requests.memory': bytesLeft, 'limits.cpu': headroom, 'limits.memory': bytesLeft },
      { requiredKeys: [] },
    ),
    resourceVersion: fc.constant('1'),
  }),
  { maxLength: 2, selector: ({ name }) => name },
);

export const arbitraryNodes = fc.option(
  fc.record({ cpu: fc.integer({ min: 500, max: 8000 }), memory: fc.integer({ min: 2 ** 28, max: 2 ** 33 }) }),
);
