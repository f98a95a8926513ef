import { Agent, request } from 'node:https';
import fc from 'fast-check';
import { arbitraryForecasts } from '../webhook/support/arbitrary-pods.ts';
import { applyPatch, type Operation } from '../webhook/support/json-patch.ts';
import { oddPod } from '../webhook/support/odd-pods.ts';
import { annotated, type TestPod } from '../webhook/support/pods.ts';
import type { AdmittingService } from './admitting-service.ts';
import type { Cluster } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';
import { acceptedDry, useForecasts } from './fuzz.ts';

export interface ReviewCounts {
  cases: number;
  /** Answers of status 400: there was no review to answer to. */
  refused: number;
  /** Answers with a patch. */
  patched: number;
  /** Patched pods that the API server was asked about, as it accepts them unpatched. */
  checked: number;
}

/** Where something is changed in a review, and to what; undefined takes it away. */
type Damage = readonly [at: number, value: unknown];

const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.tuple(fc.nat(), fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined))),
  { maxLength: 3 },
);

/**
 * Reviews with up to three things in them changed to something arbitrary, sent to the webhook as they are. Throws with the smallest one found that is not answered
 * with "allowed" or a clean 400, or whose patch the API server does not accept though it accepts the pod without it.
 */
export async function fuzzReviews(cluster: Cluster, service: AdmittingService, cases: number): Promise<ReviewCounts> {
  const counts: ReviewCounts = { cases: 0, refused: 0, patched: 0, checked: 0 };
  const agent = new Agent({ ca: service.authority, keepAlive: true });
  const property = fc.asyncProperty(oddPod, arbitraryForecasts, damages, async (pod, needs, damage) => {
    useForecasts(service.forecasts, 'shop', needs);
    counts.cases += 1;
    const review = damaged(reviewOf(pod), damage);
    const { status, body } = await post(agent, `${service.server.url}/admission/pods`, JSON.stringify(review));
    if (status === 400) {
      counts.refused += 1;
      return;
    }
    const patch = patchIn(status, body);
    if (patch === undefined) return;
    counts.patched += 1;
    const { object, namespace } = (review as { request: { object: TestPod; namespace: string } }).request;
    const patched = applyPatch(object, patch);
    if (!isInCluster(namespace)) return;
    if ((await acceptedDry(cluster, namespace, withMode(object, 'off'))) === undefined) return;
    counts.checked += 1;
    if ((await acceptedDry(cluster, namespace, withMode(patched, 'off'))) === undefined) {
      throw new ClusterError('expected the API server to accept the pod with the patch, as it does without');
    }
  });
  try {
    await fc.assert(property, { numRuns: cases });
  } finally {
    agent.destroy();
  }
  return counts;
}

function reviewOf(object: TestPod): object {
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const asked = { uid: 'fuzz', kind, resource, namespace: 'shop', operation: 'CREATE', object, dryRun: true };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
}

function damaged(review: object, damage: readonly Damage[]): unknown {
  const copy: unknown = structuredClone(review);
  for (const [at, value] of damage) {
    const places = placesIn(copy);
    const place = places[at % places.length];
    if (place === undefined) continue;
    const [parent, key] = place;
    if (value !== undefined) parent[key] = structuredClone(value);
    else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
  return copy;
}

type Parent = Record<string, unknown>;

/** Every key of every object and list in a document. */
function placesIn(value: unknown): (readonly [Parent, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Parent;
  return Object.keys(parent).flatMap((key) => [[parent, key] as const, ...placesIn(parent[key])]);
}

/** The patch of an answer, undefined where it has none. Throws when the answer is anything but "allowed". */
function patchIn(status: number, body: string): Operation[] | undefined {
  const { response } = (status === 200 ? JSON.parse(body) : {}) as { response?: { allowed?: boolean; patch?: string } };
  if (response?.allowed !== true)
    throw new ClusterError(`expected "allowed", received ${status} ${body.slice(0, 300)}`);
  if (response.patch === undefined) return undefined;
  return JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as Operation[];
}

function isInCluster(namespace: unknown): namespace is string {
  return namespace === 'shop';
}

function withMode(pod: TestPod, mode: string): TestPod {
  return annotated(pod, { 'barograph.dev/mode': mode });
}

function post(agent: Agent, url: string, text: string): Promise<{ readonly status: number; readonly body: string }> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on('timeout', () => call.destroy(new ClusterError('no answer within 10 s')));
    call.on('error', reject);
    call.end(text);
  });
}
