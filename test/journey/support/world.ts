import { type Cluster, type ClusterOptions, startCluster } from '../../cluster/start.ts';
import { type RunningProxy, startProxy, type Treatment } from '../../support/proxy.ts';
import { type Replay, startReplay } from '../../support/replay.ts';
import { registerWebhooks, useExtender } from './install.ts';
import { Served, type ServeOptions } from './served.ts';
import { formerPod, type Service, serviceOf, shippedRecordings } from './services.ts';

export interface WorldOptions {
  /** Names of recordings; service-0, service-1, … take their courses. */
  readonly recordings: readonly string[];
  /** Over what every journey has in its configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** More flags for components of the control plane. */
  readonly flags?: ClusterOptions['flags'];
  /** The time that is replayed, in place of a month ago, and how many times as fast as the machine's clock. */
  readonly startSeconds?: number;
  readonly rate?: number;
  readonly serve?: Pick<ServeOptions, 'within' | 'nodeFlags'>;
}

/** A control plane with three nodes, Prometheus behind a proxy, and `barograph serve`, registered with both. */
export interface World {
  readonly cluster: Cluster;
  readonly replay: Replay;
  readonly served: Served;
  readonly services: readonly Service[];
  readonly startSeconds: number;
  /** What becomes of questions to Prometheus from now on. */
  treat(treatment: Treatment): void;
  end(): Promise<void>;
}

const historySeconds = 7 * 86_400;

/** A month ago: what is replayed is recorded, so that the time could be any, but Prometheus takes nothing of the future: an hour is twelve days. */
export function replayStart(): number {
  return Math.floor(Date.now() / 1000 / 86_400 - 30) * 86_400 + 9 * 3600;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { recordings, config = {}, flags = {}, startSeconds = replayStart(), rate = 300, serve = {} } = options;
  const shipped = await shippedRecordings();
  const services = recordings.map((name, i) => {
    const recording = shipped.find((one) => one.name === name);
    if (recording === undefined) throw new RangeError(`expected a recording named ${name}`);
    return serviceOf(`service-${i}`, recording, startSeconds - historySeconds, 1 + i / 2);
  });
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of ends.reverse()) await one();
  };
  try {
    const cluster = await startCluster({ nodes: 3, flags });
    ends.push(() => cluster.stop());
    const replay = await startReplay({ world: () => worldOf(services), startSeconds, historySeconds, rate });
    ends.push(() => replay.stop());
    let treatment: Treatment = 'pass';
    const proxy: RunningProxy = await startProxy(replay.prometheus.url, () => treatment);
    ends.push(() => proxy.stop());
    const served = await Served.start({
      ...serve,
      cluster,
      config: {
        source: { kind: 'prometheus', url: proxy.url, timeout: '2s', retryBudget: '4s' },
        mode: 'enforce',
        training: { history: '7d', delay: '5m' },
        outlook: { maxAge: '2h' },
        clock: replay.clockConfig,
        ...config,
      },
    });
    ends.push(() => served.dispose());
    await registerWebhooks(cluster, served);
    await useExtender(cluster, served);
    await cluster.api.createNamespace('shop');
    await served.outlook(services.length, startSeconds);
    const treat = (now: Treatment): void => {
      treatment = now;
    };
    return { cluster, replay, served, services, startSeconds, treat, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function worldOf(services: readonly Service[]) {
  const pods = services.map((service) => formerPod(service, 'node-0'));
  const nodes = [0, 1, 2].map((i) => ({
    name: `node-${i}`,
    base: () => ({ cpuMillicores: 2000 + 1000 * i, memoryBytes: 8 * 2 ** 30 }),
  }));
  return { pods, nodes };
}
