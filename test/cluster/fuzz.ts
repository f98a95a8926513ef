import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { ContainerForecast } from '../../src/core/outlook.ts';
import { arbitraryForecasts, arbitraryPod, modestPod } from '../webhook/support/arbitrary-pods.ts';
import { oddPod } from '../webhook/support/odd-pods.ts';
import { annotated, type TestPod } from '../webhook/support/pods.ts';
import type { AdmittingService } from './admitting-service.ts';
import { ApiError, type KubeObject } from './api.ts';
import type { Cluster } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';

/** Without rules, with a LimitRange, with a ResourceQuota, with quotas for some pods each; all enabled. */
export const fuzzNamespaces = ['shop', 'limited', 'counted', 'scoped'] as const;

export interface FuzzCounts {
  cases: number;
  /** As written, by the API server. */
  accepted: number;
  refused: number;
  /** Of those accepted: whose resources came out other than written. */
  changed: number;
}

const limitRange = {
  metadata: { name: 'limits' },
  spec: {
    limits: [
      {
        type: 'Container',
        default: { cpu: '500m', memory: '512Mi' },
        defaultRequest: { cpu: '100m', memory: '128Mi' },
        min: { cpu: '10m', memory: '8Mi' },
        max: { cpu: '2', memory: '2Gi' },
        maxLimitRequestRatio: { cpu: '8', memory: '4' },
      },
      { type: 'Pod', max: { cpu: '3', memory: '3Gi' } },
    ],
  },
};
const hard = { 'requests.cpu': '2', 'requests.memory': '2Gi', 'limits.cpu': '4', 'limits.memory': '4Gi' };

const scopedQuotas = [
  {
    name: 'jobs',
    hard: { 'requests.cpu': '500m', 'limits.memory': '256Mi' },
    scopes: ['Terminating', 'NotBestEffort'],
  },
  { name: 'services', hard: { 'requests.cpu': '2', 'requests.memory': '1Gi' }, scopes: ['NotTerminating'] },
  {
    name: 'critical',
    hard: { 'requests.cpu': '0', 'requests.memory': '0' },
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
    },
  },
];

export async function createFuzzNamespaces({ api }: Cluster): Promise<void> {
  for (const name of fuzzNamespaces) await api.createNamespace(name, { labels: { 'barograph.dev/enabled': 'true' } });
  await api.create('/api/v1/namespaces/limited/limitranges', limitRange);
  await api.create('/api/v1/namespaces/counted/resourcequotas', { metadata: { name: 'compute' }, spec: { hard } });
  for (const { name, ...spec } of scopedQuotas) {
    await api.create('/api/v1/namespaces/scoped/resourcequotas', { metadata: { name }, spec });
  }
}

/**
 * Arbitrary pods in a dry run, each once with the mode off and once sized by arbitrary forecasts. Throws with the smallest pod found that an API server
 * accepts as written and not as patched, or whose QoS class changes. Forecasts of the namespace's pods are taken over by it.
 */
export async function fuzzPods(
  cluster: Cluster,
  { forecasts }: AdmittingService,
  namespace: string,
  cases: number,
): Promise<FuzzCounts> {
  const counts: FuzzCounts = { cases: 0, accepted: 0, refused: 0, changed: 0 };
  const pods = fc.oneof(arbitraryPod, modestPod, modestPod, oddPod);
  const property = fc.asyncProperty(pods, arbitraryForecasts, async (pod, needs) => {
    useForecasts(forecasts, namespace, needs);
    counts.cases += 1;
    const asWritten = await acceptedDry(cluster, namespace, annotated(pod, { 'barograph.dev/mode': 'off' }));
    if (asWritten === undefined) {
      counts.refused += 1;
      return;
    }
    const sized = await createDry(cluster, namespace, pod);
    counts.accepted += 1;
    if (!isDeepStrictEqual(resourcesOf(sized), resourcesOf(asWritten))) counts.changed += 1;
    expectClass(asWritten.status.qosClass, sized.status.qosClass);
  });
  await fc.assert(property, { numRuns: cases });
  return counts;
}

/** Takes the place of all forecasts of a namespace. */
export function useForecasts(
  forecasts: AdmittingService['forecasts'],
  namespace: string,
  needs: ReadonlyMap<string, ContainerForecast>,
): void {
  for (const id of forecasts.keys()) if (id.startsWith(`${namespace}/`)) forecasts.delete(id);
  for (const [id, one] of needs) forecasts.set(id.replace('shop/', `${namespace}/`), one);
}

/** What the API server makes of a pod in a dry run; undefined when it refuses it. */
export async function acceptedDry(cluster: Cluster, namespace: string, pod: TestPod): Promise<KubeObject | undefined> {
  try {
    return await createDry(cluster, namespace, pod);
  } catch (error) {
    if (error instanceof ApiError && [400, 403, 422].includes(error.status)) return undefined;
    throw error;
  }
}

function createDry({ api }: Cluster, namespace: string, pod: object): Promise<KubeObject> {
  return api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
}

function resourcesOf({ spec }: KubeObject): unknown[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }: KubeObject) => resources);
}

/** A BestEffort pod that has an objective asked to be more; every other class stays. */
function expectClass(before: string, after: string): void {
  if (after === before || (before === 'BestEffort' && after === 'Burstable')) return;
  throw new ClusterError(`expected the QoS class to stay ${before}, received ${after}`);
}
