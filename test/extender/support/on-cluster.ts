import { schedulerStanza } from '../../../src/cli/install/scheduler.ts';
import { type ClusterState, connectCluster } from '../../../src/cluster/cluster-state.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { createExtender, type Extender } from '../../../src/extender/extender.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { clusterStartMilliseconds, startCluster } from '../../cluster/start.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { startEdge, type TestEdge } from '../../server/support/edge.ts';
import { lookupOf, type NodeLoad, nodeOutlook, steadyForecast } from './outlook.ts';

export { clusterStartMilliseconds };

const GiB = 2 ** 30;

/** A real control plane whose scheduler asks an extender that is served over TLS and watches that cluster. */
export interface ExtendedCluster {
  readonly cluster: Cluster;
  readonly view: ClusterState;
  readonly edge: TestEdge;
  readonly extender: Extender;
  /** `verb outcome` of every call so far. */
  readonly counted: string[];
  /** An Outlook from now on. */
  publish(loads: Readonly<Record<string, NodeLoad>>): void;
  /** Restarts the scheduler with the extender as `barograph install --print-scheduler` has it, or without. */
  useScheduler(extended: boolean, ...others: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startExtendedCluster(nodes: number): Promise<ExtendedCluster> {
  const cluster = await startCluster({ nodes });
  const view = await connectCluster({ kubeconfig: cluster.kubeconfig, clock: systemClock, logger: silentLogger });
  view.start();
  await view.whenSynced(AbortSignal.timeout(30_000));
  const counted: string[] = [];
  const extender = createExtender({
    view,
    // Pods named heavy use five cores, whatever they ask for.
    forecasts: lookupOf(...heavy()),
    clock: systemClock,
    logger: silentLogger,
    maxOutlookAgeSeconds: 3600,
    targetUtilisation: 0.8,
    refuse: true,
    onPlaced: () => undefined,
    count: (verb, outcome) => counted.push(`${verb} ${outcome}`),
  });
  const edge = await startEdge({
    hot: {
      '/extender/filter': (body) => extender.filter(body),
      '/extender/prioritize': (body) => extender.prioritize(body),
      '/extender/preempt': (body) => extender.preempt(body),
      '/picky/filter': refuseEach,
    },
  });
  let version = 0;
  return {
    cluster,
    view,
    edge,
    extender,
    counted,
    publish(loads) {
      const now = Math.floor(Date.now() / 1000);
      version += 1;
      extender.use(nodeOutlook(loads, { dataSeconds: now, horizonStartSeconds: now, version }));
    },
    useScheduler: (extended, ...others) =>
      cluster.restartScheduler(JSON.stringify(configuration(edge, extended, others))),
    async stop() {
      extender.close();
      await edge.server.close(1);
      await view.close();
      await cluster.stop();
    },
  };
}

function heavy() {
  return [0, 1, 2, 3].map((at) => steadyForecast(`default/Pod/heavy-${at}/app`, 5000, GiB));
}

/** The stanza of `install`, with preemption too, and what any scheduler of a test needs. */
function configuration(edge: TestEdge, extended: boolean, others: readonly object[]): object {
  const options = { namespace: 'barograph', authority: edge.authority, url: edge.server.url, filter: true, weight: 5 };
  const stanza = schedulerStanza(options) as { readonly extenders: readonly object[] };
  const extenders = extended ? stanza.extenders.map((one) => ({ ...one, preemptVerb: 'preempt' })) : [];
  return {
    ...stanza,
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig: '@KUBECONFIG@', qps: 5000, burst: 5000 },
    extenders: [...extenders, ...others],
  };
}

/** Another extender on the same server, which refuses every node that it is asked about. */
export function pickyExtender(edge: TestEdge): object {
  return {
    urlPrefix: `${edge.server.url}/picky`,
    filterVerb: 'filter',
    enableHTTPS: true,
    tlsConfig: { caData: Buffer.from(edge.authority).toString('base64') },
    nodeCacheCapable: true,
    // The scheduler asks those that are not ignorable first, whatever their order.
    ignorable: true,
  };
}

function refuseEach(body: Buffer): Buffer {
  const { NodeNames } = JSON.parse(body.toString()) as { readonly NodeNames: readonly string[] };
  const FailedNodes = Object.fromEntries(NodeNames.map((name) => [name, 'picky: no']));
  return Buffer.from(JSON.stringify({ NodeNames: [], FailedNodes, FailedAndUnresolvableNodes: {}, Error: '' }));
}

const pods = '/api/v1/namespaces/default/pods';

export interface PodWish {
  readonly requests?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly nodeName?: string;
}

/** Creates a pod of one container. */
export async function createPod({ cluster }: ExtendedCluster, name: string, wish: PodWish = {}): Promise<void> {
  const { requests = { cpu: '10m', memory: '16Mi' }, ...spec } = wish;
  const container = { name: 'app', image: 'example.com/app:1', resources: { requests } };
  await cluster.api.create(pods, { metadata: { name }, spec: { ...spec, containers: [container] } });
}

/** Waits until a pod is on a node and the extender's own view knows it; the node. */
export async function nodeOf({ cluster, view }: ExtendedCluster, name: string): Promise<string> {
  const node = await waitFor<string | undefined>(
    async () => (await cluster.api.get(`${pods}/${name}`)).spec.nodeName,
    20,
    `${name} to be on a node`,
  );
  await waitFor(() => [...view.pods()].some((pod) => pod.name === name && pod.node === node), 10, `${name} to be seen`);
  return node;
}

/** Creates pods one after the other, each when the one before is on its node; their nodes. */
export async function place(own: ExtendedCluster, names: readonly string[], wish: PodWish = {}): Promise<string[]> {
  const nodes: string[] = [];
  for (const name of names) {
    await createPod(own, name, wish);
    nodes.push(await nodeOf(own, name));
  }
  return nodes;
}

/** Removes all pods and waits until both the API server and the view have none. */
export async function removePods({ cluster, view }: ExtendedCluster): Promise<void> {
  for (const pod of await cluster.api.list(pods)) await cluster.api.delete(`${pods}/${pod.metadata.name}`);
  await waitFor(async () => (await cluster.api.list(pods)).length === 0, 20, 'all pods to be gone');
  await waitFor(() => [...view.pods()].length === 0, 10, 'the view to have no pods');
}

/** What the scheduler says of a pod that it cannot place. */
export function refusalOf({ cluster }: ExtendedCluster, name: string): Promise<string> {
  const query = encodeURIComponent(`involvedObject.name=${name},reason=FailedScheduling`);
  return waitFor<string | undefined>(
    async () => (await cluster.api.list(`/api/v1/namespaces/default/events?fieldSelector=${query}`))[0]?.message,
    20,
    `${name} to have an event`,
  );
}
