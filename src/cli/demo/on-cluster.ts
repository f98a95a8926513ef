import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Connection, openConnection } from '../../cluster/connection.ts';
import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import type { Decision } from '../../core/decision.ts';
import { decisionAnnotation, decisionIdIn } from '../../core/decision-annotation.ts';
import { BarographError } from '../../core/errors.ts';
import { schedulerStanza } from '../install/scheduler.ts';
import { webhookObjects } from '../install/webhooks.ts';
import { type Service, startService } from '../service.ts';
import { demoConfig } from './configuration.ts';
import { ControlPlane } from './control-plane.ts';
import { learnHistory } from './learn-history.ts';
import { containersOf } from './pod-object.ts';
import { type StoryPod, schedulerWeight, storyNodeResources, storyNodes, storyPods } from './story.ts';
import type { TellingOptions, Told, ToldPod } from './telling.ts';
import { waitUntil } from './wait-until.ts';

/** The demo on a real API server, controller manager and scheduler; only the nodes are played, by kwok. */
export async function tellOnCluster({ traces, logger, progress }: TellingOptions): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'barograph-demo-'));
  let plane: ControlPlane | undefined;
  let service: Service | undefined;
  try {
    plane = await ControlPlane.up(join(folder, 'cluster'), progress);
    const connection = openConnection({ kubeconfig: plane.kubeconfig });
    await createFleet(connection);
    progress('the same pods without Barograph first …');
    const stock = await createPods(connection, 'without');
    await removePods(connection, stock);
    const config = demoConfig({ traces, folder, cluster: plane.kubeconfig });
    service = await startService(config, { logger, startedMilliseconds: Date.now() });
    await learnHistory(service, progress);
    await register(connection, plane, service, folder);
    // The scheduler started anew: an Outlook that is not about to be replaced.
    await learnHistory(service, progress);
    const fromSeconds = service.clock.nowSeconds();
    const pods = await createPods(connection, 'with');
    progress('the pods are on their nodes');
    const told = await Promise.all(
      storyPods.map((story, i) => toldPod(story, fieldsOf(pods[i]), fieldsOf(stock[i]), service)),
    );
    return { fromSeconds, outlookVersion: service.outlook.outlook?.version ?? 0, pods: told };
  } finally {
    await service?.close(1);
    await plane?.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createFleet(connection: Connection): Promise<void> {
  for (const name of storyNodes) {
    const resources = { ...storyNodeResources, pods: '110' };
    await create(connection, '/api/v1/nodes', {
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', type: 'kwok' },
      },
      status: { allocatable: resources, capacity: resources },
    });
  }
  const isReady = async (): Promise<boolean> => (await list(connection, '/api/v1/nodes')).every(isNodeReady);
  await waitUntil(isReady, 60, 'the nodes to be ready');
  for (const namespace of new Set(storyPods.map(({ workload }) => workload.namespace))) {
    await create(connection, '/api/v1/namespaces', { metadata: { name: namespace } });
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await waitUntil(async () => (await connection.send('GET', account)).status === 200, 30, account);
  }
}

function isNodeReady(node: Fields): boolean {
  const conditions = itemsOf(fieldsOf(node.status).conditions).map(fieldsOf);
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && itemsOf(fieldsOf(node.spec).taints).length === 0;
}

/** Makes a controller for each pod, one after the other, and waits until each pod is on its node. */
async function createPods(connection: Connection, round: string): Promise<Fields[]> {
  const pods: Fields[] = [];
  for (const story of storyPods) {
    await create(connection, collectionOf(story), controllerOf(story, round));
    let found: Fields | undefined;
    const path = `/api/v1/namespaces/${story.workload.namespace}/pods?labelSelector=${selectorOf(story, round)}`;
    const isPlaced = async (): Promise<boolean> => {
      [found] = await list(connection, path);
      return textOf(fieldsOf(found?.spec).nodeName) !== undefined;
    };
    await waitUntil(isPlaced, 30, `a pod of ${story.workload.name} to be on a node`);
    if (found !== undefined) pods.push(found);
  }
  return pods;
}

/** Removes the controllers and waits until the pods are gone, so that the next round finds an empty fleet. */
async function removePods(connection: Connection, pods: readonly Fields[]): Promise<void> {
  for (const story of storyPods) {
    await connection.send('DELETE', `${collectionOf(story)}/${story.workload.name}`);
  }
  const names = new Set(pods.map(({ metadata }) => textOf(fieldsOf(metadata).name)));
  const isGone = async (): Promise<boolean> =>
    (await list(connection, '/api/v1/pods')).every(({ metadata }) => !names.has(textOf(fieldsOf(metadata).name)));
  await waitUntil(isGone, 60, 'the pods of the first round to be gone');
}

function collectionOf({ workload }: StoryPod): string {
  const plural = workload.kind === 'StatefulSet' ? 'statefulsets' : 'deployments';
  return `/apis/apps/v1/namespaces/${workload.namespace}/${plural}`;
}

function controllerOf(story: StoryPod, round: string): object {
  const labels = { app: story.workload.name, round };
  return {
    apiVersion: 'apps/v1',
    kind: story.workload.kind,
    metadata: { name: story.workload.name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: story.annotations },
        spec: { terminationGracePeriodSeconds: 0, containers: containersOf(story) },
      },
    },
  };
}

function selectorOf({ workload }: StoryPod, round: string): string {
  return encodeURIComponent(`app=${workload.name},round=${round}`);
}

/** What `barograph install` prints for a server outside the cluster, put in force. */
async function register(connection: Connection, plane: ControlPlane, service: Service, folder: string): Promise<void> {
  const { authority, server } = service;
  const objects = webhookObjects({
    namespace: 'barograph',
    image: '',
    certificates: { kind: 'given', authority },
    url: server.url,
    configuration: {},
    port: server.port,
    storage: { kind: 'ephemeral' },
    refuseInvalid: false,
  });
  const collection = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  for (const object of objects) await create(connection, collection, object);
  const stanza = schedulerStanza({
    namespace: 'barograph',
    authority,
    url: server.url,
    filter: false,
    weight: schedulerWeight,
  });
  const file = join(folder, 'scheduler.yaml');
  const own = { leaderElection: { leaderElect: false }, clientConnection: { kubeconfig: '@KUBECONFIG@' } };
  writeFileSync(file, stringify({ ...stanza, ...own }));
  await plane.useScheduler(file);
}

async function toldPod(story: StoryPod, pod: Fields, stock: Fields, service: Service | undefined): Promise<ToldPod> {
  const { name, annotations } = fieldsOf(pod.metadata);
  const id = decisionIdIn(textOf(fieldsOf(annotations)[decisionAnnotation]));
  let decision: Decision | undefined;
  if (id !== undefined && service !== undefined) {
    const isPlaced = async (): Promise<boolean> => {
      decision = await service.recorder.find(id);
      return decision !== undefined && decision.placement !== null;
    };
    await waitUntil(isPlaced, 10, `the placement of ${String(name)} to be recorded`);
  }
  const node = textOf(fieldsOf(pod.spec).nodeName);
  return {
    story,
    name: String(name),
    warnings: id === undefined ? ['no forecast yet; unchanged'] : [],
    choice: node === undefined ? undefined : { node, score: decision?.placement?.score, of: storyNodes.length },
    stockNode: textOf(fieldsOf(stock.spec).nodeName),
    decision,
  };
}

async function create(connection: Connection, path: string, body: object): Promise<void> {
  const { status, body: answer } = await connection.send('POST', path, body);
  if (status < 300) return;
  const message = textOf(fieldsOf(answer).message) ?? '';
  throw new BarographError('CLUSTER_UNREACHABLE', `POST ${path} answered ${status}: ${message}`);
}

async function list(connection: Connection, path: string): Promise<Fields[]> {
  const { status, body } = await connection.send('GET', path);
  if (status !== 200) throw new BarographError('CLUSTER_UNREACHABLE', `GET ${path} answered ${status}`);
  return itemsOf(fieldsOf(body).items).map(fieldsOf);
}
