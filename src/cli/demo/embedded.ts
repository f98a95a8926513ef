import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { type MemoryView, memoryView } from '../../cluster/memory-view.ts';
import { projectNode } from '../../cluster/project-node.ts';
import { projectPod } from '../../cluster/project-pod.ts';
import type { PodView } from '../../cluster/view.ts';
import type { Decision } from '../../core/decision.ts';
import { decisionIdIn } from '../../core/decision-annotation.ts';
import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import type { PatchOperation } from '../../webhook/patch.ts';
import { requestJson } from '../request-json.ts';
import { type Service, startService } from '../service.ts';
import { demoConfig } from './configuration.ts';
import { type ExtenderCalls, ImaginaryScheduler } from './imaginary-scheduler.ts';
import { learnHistory } from './learn-history.ts';
import { applyPatch, podObject } from './pod-object.ts';
import { type StoryPod, schedulerWeight, storyNodeResources, storyNodes, storyPods } from './story.ts';
import type { TellingOptions, Told, ToldPod } from './telling.ts';

/** The demo in one process: the whole product, with an API server, a scheduler and a fleet that are played. */
export async function tellEmbedded({ traces, logger, progress }: TellingOptions): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-demo-'));
  const view = memoryView({ nodes: storyNodes.map((name) => projectNode(nodeObject(name)).view) });
  const config = demoConfig({ traces, folder, cluster: undefined });
  progress('starting the server, the trainer and a knowledge base in a temporary folder …');
  const service = await startService(config, { logger, startedMilliseconds: Date.now(), view });
  try {
    await learnHistory(service, progress);
    return await tell(service, view, progress);
  } finally {
    await service.close(1);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tell(service: Service, view: MemoryView, progress: (line: string) => void): Promise<Told> {
  const nodes = storyNodes.flatMap((name) => view.node(name) ?? []);
  const booked = nodes.map(({ name, allocatable }) => ({ name, allocatable, requested: { cpu: 0, memory: 0 } }));
  const scheduler = new ImaginaryScheduler(booked, schedulerWeight);
  const without = new ImaginaryScheduler(booked, 0);
  const fromSeconds = service.clock.nowSeconds();
  const pods: ToldPod[] = [];
  for (const [index, story] of storyPods.entries()) {
    const asked = podObject(story);
    const review = await admit(service, story, asked);
    const admitted = withName(applyPatch(asked, review.patch), index);
    const pod = projectPod(admitted, view.owners).view;
    view.addPod(pod);
    const choice = await scheduler.place(requestsOf(pod), extenderOf(service, admitted));
    const stock = await without.place(requestsOf(projectPod(asked, view.owners).view));
    if (choice !== undefined) view.bindPod(pod.namespace, pod.name, choice.node, service.clock.nowSeconds());
    pods.push({
      story,
      name: pod.name,
      warnings: review.warnings,
      choice,
      stockNode: stock?.node,
      decision: await decisionOf(service, pod),
    });
    progress(`admitted and scheduled ${pod.namespace}/${pod.name}`);
  }
  return { fromSeconds, outlookVersion: service.outlook.outlook?.version ?? 0, pods };
}

interface Answered {
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
}

/** The AdmissionReview that an API server sends when a controller creates a pod. */
async function admit(service: Service, story: StoryPod, object: Fields): Promise<Answered> {
  const request = {
    uid: crypto.randomUUID(),
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: story.workload.namespace,
    operation: 'CREATE',
    userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
    object,
    dryRun: false,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const { response } = fieldsOf(await call(service, '/admission/pods', review));
  const { allowed, patch, warnings } = fieldsOf(response);
  if (allowed !== true)
    throw new BarographError('REQUEST_INVALID', `expected /admission/pods to allow ${story.workload.name}`);
  const operations =
    textOf(patch) === undefined ? [] : JSON.parse(Buffer.from(String(patch), 'base64').toString('utf8'));
  return { patch: operations as PatchOperation[], warnings: itemsOf(warnings).map(String) };
}

/** kube-scheduler's two calls, names only. */
function extenderOf(service: Service, pod: Fields): ExtenderCalls {
  const ask = (verb: string, names: readonly string[]): Promise<unknown> =>
    call(service, `/extender/${verb}`, { Pod: pod, Nodes: null, NodeNames: names });
  return {
    filter: async (names) => itemsOf(fieldsOf(await ask('filter', names)).NodeNames).map(String),
    prioritize: async (names) => {
      const list = itemsOf(await ask('prioritize', names)).map(fieldsOf);
      return new Map(list.map(({ Host, Score }) => [String(Host), Number(Score)]));
    },
  };
}

async function decisionOf(service: Service, pod: PodView): Promise<Decision | undefined> {
  const id = decisionIdIn(pod.decision);
  return id === undefined ? undefined : ((await call(service, `/api/v1/decisions/${id}`)) as Decision);
}

function call({ server, authority }: Service, path: string, body?: unknown): Promise<unknown> {
  return requestJson(`${server.url}${path}`, { authority, token: undefined }, body);
}

/** As the API server and the scheduler's cache have it after admission. */
function withName(object: Fields, index: number): Fields {
  const metadata = fieldsOf(object.metadata);
  const name =
    textOf(metadata.name) ?? `${textOf(metadata.generateName)}${['x7k2p', 'b9d4q', 'm3w8r', 'f5t6z'][index % 4]}`;
  return { ...object, metadata: { ...metadata, name, uid: crypto.randomUUID() } };
}

function requestsOf({ containers }: PodView): PerResource<number> {
  const total = (resource: 'cpu' | 'memory'): number =>
    containers.reduce((sum, { requests }) => sum + requests[resource], 0);
  return { cpu: total('cpu'), memory: total('memory') };
}

function nodeObject(name: string): object {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
    status: { allocatable: storyNodeResources, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
