import type { TimeRange } from '../../src/core/time-range.ts';
import type { ReplayPod, ReplayUsage, ReplayWorld } from './replay-world.ts';

const start = Date.UTC(2024, 2, 4) / 1000;
const stepSeconds = 300;

/** Half a day of a small cluster in which something of everything happens. */
export const smallRange: TimeRange = { startSeconds: start, endSeconds: start + 144 * stepSeconds, stepSeconds };

/** A pod is there in the steps whose numbers, from 1, lie in one of the spans. */
interface Lived extends ReplayPod {
  readonly spans: readonly (readonly [first: number, last: number])[];
}

export const smallPods: readonly Lived[] = [
  {
    namespace: 'shop',
    name: 'cart-6d4cf56db6-x7k2p',
    owner: { kind: 'ReplicaSet', name: 'cart-6d4cf56db6' },
    topOwner: { kind: 'Deployment', name: 'cart' },
    container: 'app',
    node: 'node-a',
    usage: wave(250, 100, 300),
    spans: [[1, 144]],
  },
  {
    namespace: 'shop',
    name: 'orders-db-0',
    owner: { kind: 'StatefulSet', name: 'orders-db' },
    container: 'postgres',
    node: 'node-b',
    usage: wave(800, 300, 2000),
    // Away for an hour.
    spans: [
      [1, 60],
      [73, 144],
    ],
  },
  {
    namespace: 'batch',
    name: 'report-28491120-qm4zd',
    owner: { kind: 'Job', name: 'report-28491120' },
    topOwner: { kind: 'CronJob', name: 'report' },
    container: 'main',
    node: 'node-b',
    usage: wave(1500, 0, 700),
    spans: [[37, 48]],
  },
  {
    namespace: 'batch',
    name: 'by-hand',
    container: 'main',
    node: 'node-a',
    usage: wave(40, 20, 64),
    spans: [[10, 144]],
  },
];

const bases = { 'node-a': wave(2000, 900, 8000), 'node-b': wave(3000, 400, 9000) };

/** What there is in the step that ends at a time. */
export function smallWorld(timeSeconds: number): ReplayWorld {
  const step = (timeSeconds - start) / stepSeconds;
  return {
    pods: smallPods.filter(({ spans }) => spans.some(([first, last]) => step >= first && step <= last)),
    nodes: Object.entries(bases).map(([name, base]) => ({ name, base })),
  };
}

/** Its top controller, as `namespace/Kind/name/container`. */
export const smallSeries: Readonly<Record<string, ReplayPod>> = Object.fromEntries(
  smallPods.map((pod) => {
    const top = pod.topOwner ?? pod.owner ?? { kind: 'Pod', name: pod.name };
    return [`${pod.namespace}/${top.kind}/${top.name}/${pod.container}`, pod];
  }),
);

/** Of a node, its pods included. */
export function nodeUsage(node: string, timeSeconds: number): ReplayUsage {
  const { pods, nodes } = smallWorld(timeSeconds);
  const all = [
    ...pods.filter((pod) => pod.node === node).map((pod) => pod.usage(timeSeconds)),
    ...nodes.filter(({ name }) => name === node).map(({ base }) => base(timeSeconds)),
  ];
  return {
    cpuMillicores: all.reduce((sum, usage) => sum + usage.cpuMillicores, 0),
    memoryBytes: all.reduce((sum, usage) => sum + usage.memoryBytes, 0),
  };
}

function wave(level: number, swing: number, mebibytes: number): (timeSeconds: number) => ReplayUsage {
  return (timeSeconds) => {
    const phase = ((timeSeconds - start) / 86_400) * 2 * Math.PI;
    return {
      cpuMillicores: level + swing * Math.sin(phase),
      memoryBytes: Math.round((mebibytes + 0.1 * mebibytes * Math.cos(3 * phase)) * 2 ** 20),
    };
  };
}
