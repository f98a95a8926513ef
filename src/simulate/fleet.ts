import type { PerResource } from '../core/resource.ts';
import type { WorkloadKey } from '../core/workload.ts';
import { courseOf, playedUsage, type Usage } from './played-usage.ts';
import { between, pick, seededRandom } from './random.ts';
import type { Recording } from './recording.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly workloads: number;
  /** How many pods of each workload arrive. */
  readonly replicas: number;
  readonly recordings: readonly Recording[];
  /** The time, unix seconds, from which recordings are played: that of the oldest history. */
  readonly playedFromSeconds: number;
}

export interface FleetNode {
  readonly name: string;
  readonly capacity: PerResource<number>;
  /** What runs there anyway. */
  readonly base: Usage;
  readonly recording: string;
}

export interface FleetWorkload {
  readonly key: WorkloadKey;
  readonly container: string;
  /** What one pod asks for as its owner wrote it. */
  readonly requests: PerResource<number>;
  /** What one pod uses. */
  readonly usage: Usage;
  readonly recording: string;
}

/** An imaginary fleet on recorded load. */
export interface Fleet {
  readonly nodes: readonly FleetNode[];
  readonly workloads: readonly FleetWorkload[];
  /** The pods that arrive, in their order. */
  readonly arrivals: readonly FleetWorkload[];
}

const gibibyte = 2 ** 30;
const nodeCapacity: PerResource<number> = { cpu: 16_000, memory: 64 * gibibyte };
const secondsAStep = 300;

/**
 * A fleet of equal nodes (16 cores, 64 GiB) and the pods that come to it, the same for the same seed. Recorded: the course of every load over time. Made up: which
 * node or workload has which recording, its level, and by how many hours it is shifted.
 *
 * Base load of a node: 10 to 40 % of its cores at the recording's 1st percentile, 20 to 45 % more at its 99th: some nodes are idle all day, some come near 80 % for
 * some hours. A pod uses 0.6 to 2.4 cores at its recording's 99th percentile, and its owner asks for its 95th.
 */
export function makeFleet(options: FleetOptions): Fleet {
  const random = seededRandom(options.seed);
  const nodes = Array.from({ length: options.nodes }, (_, index) => makeNode(index, options, random));
  const workloads = Array.from({ length: options.workloads }, (_, index) => makeWorkload(index, options, random));
  const arrivals = workloads.flatMap((workload) => Array.from({ length: options.replicas }, () => workload));
  return { nodes, workloads, arrivals: shuffled(arrivals, random) };
}

function makeNode(index: number, { recordings, playedFromSeconds }: FleetOptions, random: () => number): FleetNode {
  const recording = pick(random, recordings);
  const course = courseOf({ recording, playedFromSeconds, shiftSeconds: someHours(random) });
  const low = between(random, 0.1, 0.4);
  const swing = between(random, 0.2, 0.45);
  const memory = between(random, 0.2, 0.5) * nodeCapacity.memory;
  return {
    name: `node-${index}`,
    capacity: nodeCapacity,
    base: (timeSeconds) => ({
      cpu: Math.min(1, low + swing * course(timeSeconds)) * nodeCapacity.cpu,
      memory: memory * (0.95 + 0.05 * Math.min(1, course(timeSeconds))),
    }),
    recording: recording.name,
  };
}

function makeWorkload(
  index: number,
  { recordings, playedFromSeconds }: FleetOptions,
  random: () => number,
): FleetWorkload {
  const recording = pick(random, recordings);
  const played = playedUsage({
    recording,
    playedFromSeconds,
    shiftSeconds: someHours(random),
    idleShare: between(random, 0.05, 0.3),
    highMillicores: between(random, 600, 2400),
    memoryBytes: between(random, 0.5, 2) * gibibyte,
  });
  return {
    key: { namespace: 'fleet', kind: 'Deployment', name: `service-${index}` },
    container: 'app',
    requests: { cpu: Math.ceil(played.usualHigh.cpu), memory: Math.ceil(played.usualHigh.memory) },
    usage: played.usage,
    recording: recording.name,
  };
}

function someHours(random: () => number): number {
  return Math.floor(between(random, 0, 288)) * secondsAStep;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
