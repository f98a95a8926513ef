import { type Fleet, makeFleet } from '../../../src/simulate/fleet.ts';
import { type HotMinutes, hotMinutes } from '../../../src/simulate/hot-minutes.ts';
import type { KubeObject } from '../../cluster/api.ts';
import { type Cluster, startCluster } from '../../cluster/start.ts';
import { type Replay, startReplay } from '../../support/replay.ts';
import { useExtender } from '../support/install.ts';
import { Served } from '../support/served.ts';
import { shippedRecordings } from '../support/services.ts';
import { replayStart } from '../support/world.ts';
import { letArrive, prepareServices, removeServices } from './fleet-pods.ts';
import { fleetWorld, formerPods, type RunningPod } from './fleet-world.ts';

export interface FleetFigures {
  readonly seed: number;
  readonly nodes: number;
  readonly pods: number;
  readonly stock: HotMinutes;
  readonly forecast: HotMinutes;
  /** Hot node-minutes with the extender, as a share of those without it. */
  readonly ratio: number;
}

export interface FleetRunOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly say: (line: string) => void;
}

const rate = 300;
const historySeconds = 7 * 86_400;
const hotShare = 0.8;
const windowHours = 12;
/** Of the machine's: some three hours of the clock for all. */
const arrivalsPerSecond = 10;

/**
 * The same pods come to the same fleet twice, by a real scheduler: once on its own, once with the extender, whose forecasts come from a real Prometheus on
 * a clock that runs 300 times as fast. Then both are held against what the recordings say of the 12 hours from the first arrival on.
 */
export async function runFleet({ seed, nodes, say }: FleetRunOptions): Promise<FleetFigures> {
  const startSeconds = replayStart();
  const fleet = makeFleet({
    seed,
    nodes,
    workloads: Math.ceil(nodes * 0.4),
    replicas: 8,
    recordings: await shippedRecordings(),
    playedFromSeconds: startSeconds - historySeconds,
  });
  const cluster = await startCluster({ nodes });
  try {
    say(`seed ${seed}: ${fleet.arrivals.length} pods, ${nodes} nodes, without the extender`);
    const stock = await withoutExtender(cluster, fleet, startSeconds);
    say(`seed ${seed}: with the extender`);
    const forecast = await withExtender(cluster, fleet, startSeconds);
    const figures = (placed: readonly RunningPod[]): HotMinutes =>
      hotMinutes(fleet, placed, { fromSeconds: startSeconds, hours: windowHours }, hotShare);
    const [stockFigures, forecastFigures] = [figures(stock), figures(forecast)];
    return {
      seed,
      nodes,
      pods: fleet.arrivals.length,
      stock: stockFigures,
      forecast: forecastFigures,
      ratio: forecastFigures.minutes / stockFigures.minutes,
    };
  } finally {
    await cluster.stop();
  }
}

/** Pods come to run when they are seen on their node. */
class Placements {
  readonly byName = new Map<string, RunningPod>();
  readonly #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    for (const pod of formerPods(fleet)) this.byName.set(pod.name, pod);
  }

  see(pods: readonly KubeObject[], nowSeconds: number): void {
    for (const { metadata, spec } of pods) {
      const workload = this.#fleet.workloads.find(({ key }) => key.name === metadata.labels.app);
      if (spec.nodeName === undefined || workload === undefined || this.byName.has(metadata.name)) continue;
      const replicaSet = metadata.ownerReferences[0].name;
      this.byName.set(metadata.name, {
        workload,
        name: metadata.name,
        replicaSet,
        node: spec.nodeName,
        fromSeconds: nowSeconds,
      });
    }
  }
}

async function withoutExtender(cluster: Cluster, fleet: Fleet, startSeconds: number): Promise<RunningPod[]> {
  const placements = new Placements(fleet);
  await prepareServices(cluster, fleet, formerPods(fleet));
  const began = performance.now();
  const now = (): number => startSeconds + ((performance.now() - began) / 1000) * rate;
  await letArrive(cluster, fleet, arrivalsPerSecond, (pods) => placements.see(pods, now()));
  await removeServices(cluster);
  return [...placements.byName.values()];
}

async function withExtender(cluster: Cluster, fleet: Fleet, startSeconds: number): Promise<RunningPod[]> {
  const placements = new Placements(fleet);
  await prepareServices(cluster, fleet, formerPods(fleet));
  const world = (time: number) => fleetWorld(fleet, placements.byName.values(), time);
  const replay = await startReplay({ world, startSeconds, historySeconds, rate });
  const served = await serveFleet(cluster, replay);
  try {
    await served.outlook(fleet.workloads.length, startSeconds);
    await useExtender(cluster, served);
    await letArrive(cluster, fleet, arrivalsPerSecond, (pods) => placements.see(pods, replay.clock.nowSeconds()));
    return [...placements.byName.values()];
  } finally {
    await served.dispose();
    await replay.stop();
  }
}

function serveFleet(cluster: Cluster, { prometheus, clockConfig }: Replay): Promise<Served> {
  return Served.start({
    cluster,
    config: {
      source: { kind: 'prometheus', url: prometheus.url },
      mode: 'off',
      training: { history: '7d', delay: '5m' },
      outlook: { maxAge: '2h' },
      clock: clockConfig,
      log: { level: 'info' },
    },
  });
}
