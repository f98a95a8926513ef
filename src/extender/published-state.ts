import { LRUCache } from 'lru-cache';
import type { PodView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import { BarographError } from '../core/errors.ts';
import { containerId, workloadOf } from '../core/workload.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { footingOf } from './footing.ts';
import type { Footing, Ground, LoadWish, MissingLoad } from './ground.ts';
import { loadKey, ownedPartsOf, readPod } from './incoming-pod.ts';
import { Kernel } from './kernel.ts';
import type { LoadTable, TableFrame } from './load-table.ts';
import { NameIndex } from './name-index.ts';
import { type PodLoad, podLoad } from './pod-load.ts';
import type { KnownLoad, UnownedParts } from './reader-messages.ts';
import type { ScorePieces } from './score-pieces.ts';
import type { TableKernel } from './table-kernel.ts';
import { TableLock } from './table-lock.ts';

interface Held {
  readonly load: PodLoad;
  readonly untilSeconds: number;
}

// Half a kilobyte to a kilobyte each.
const mostLoads = 16_384;
/** How long the load of a pod is believed that has a container without a forecast. */
const partSeconds = 5;
const behindMilliseconds = 1000;

const noForecasts: ForecastLookup = { get: () => undefined };

export interface PublishedStateOptions {
  readonly clock: Clock;
  readonly maxOutlookAgeSeconds: number;
  /** Of this thread. */
  readonly thread: number;
  readonly catchUp: () => void;
  /** The writer has something to do: a step is over, or nodes are asked for that it does not know. */
  readonly onBehind: () => void;
}

/** The newest table that was published, and the loads of pods that were asked for since. */
export class PublishedState implements Ground<MissingLoad> {
  readonly #options: PublishedStateOptions;
  readonly #loads = new LRUCache<string, Held>({ max: mostLoads });
  #frame: TableFrame | undefined;
  #table: LoadTable | undefined;
  #toldMilliseconds = Number.NEGATIVE_INFINITY;
  /** Set while a call is answered whose load was asked for: what was told, or that nobody can tell. */
  told: PodLoad | 'unknown' | undefined;

  constructor(options: PublishedStateOptions) {
    this.#options = options;
  }

  catchUp(): void {
    this.#options.catchUp();
  }

  get frameNumber(): number | undefined {
    return this.#frame?.number;
  }

  get index(): NameIndex | undefined {
    return this.#table?.index;
  }

  get kernel(): TableKernel | undefined {
    return this.#table?.kernel;
  }

  get pieces(): ScorePieces | undefined {
    return this.#frame?.pieces;
  }

  use(frame: TableFrame): void {
    // Forecasts came in that are newer than those of the loads.
    if (frame.outlook.version !== this.#frame?.outlook.version) this.#loads.clear();
    const { names, pairs, allocatable, rows, least, fromStep, counts } = frame;
    const index = this.#frame?.names === names ? this.#table?.index : undefined;
    this.#frame = frame;
    const lock = new TableLock(counts);
    const { steps } = frame.outlook;
    const kernel = frame.kernel && Kernel.of(frame.kernel, this.#options.thread);
    if (frame.kernel !== undefined) kernel?.look(frame.kernel.rowSet, fromStep);
    const arrays = { fromStep, pairs, allocatable, rows, least };
    this.#table = { ...arrays, index: index ?? new NameIndex(names), steps, lock, kernel };
  }

  read(object: unknown): PodView | undefined {
    return readPod(object, () => undefined);
  }

  footing(nowSeconds: number): Footing {
    const frame = this.#frame;
    const table = this.#table;
    if (frame === undefined || table === undefined) return { kind: 'unsound', reason: 'outlook-stale' };
    if (!frame.synced) return { kind: 'unsound', reason: 'not-synced' };
    const found = footingOf(frame.outlook, nowSeconds, this.#options.maxOutlookAgeSeconds);
    if (found === undefined) return { kind: 'unsound', reason: 'outlook-stale' };
    // What is left of the old step counts until the writer has summed up anew, some milliseconds.
    if (found.step !== frame.fromStep) this.#sayBehind();
    return { kind: 'sound', table, horizonSeconds: found.horizonSeconds };
  }

  load({ object, pod }: LoadWish, steps: number): PodLoad | MissingLoad {
    if (this.told === 'unknown') throw new BarographError('OUTLOOK_MISSING', 'what a pod will use could not be told');
    if (this.told?.cpu.mean.length === steps) return this.told;
    const parts = ownedPartsOf(object, pod);
    if (this.#hasNoForecast(parts))
      return podLoad({ workload: undefined, containers: parts.containers }, noForecasts, steps);
    const held = this.#loads.get(loadKey(parts));
    if (
      held !== undefined &&
      held.load.cpu.mean.length === steps &&
      this.#options.clock.nowSeconds() < held.untilSeconds
    ) {
      return held.load;
    }
    return { missing: { object, pod } };
  }

  /** Whether it can be told here, without the owners of the cluster, that nothing is forecast for any container of a pod. */
  #hasNoForecast({ owned, containers }: UnownedParts): boolean {
    const barePods = this.#frame?.barePods;
    if (barePods === undefined || owned.owners?.length !== 0) return false;
    const workload = workloadOf(owned, () => undefined);
    return !containers.some(({ name }) => workload && barePods.has(containerId({ ...workload, container: name })));
  }

  keepLoad(parts: UnownedParts, { load, version, isWhole }: KnownLoad): void {
    if (version !== this.#frame?.outlook.version) return;
    const untilSeconds = isWhole ? Number.POSITIVE_INFINITY : this.#options.clock.nowSeconds() + partSeconds;
    this.#loads.set(loadKey(parts), { load, untilSeconds });
  }

  learn(indices: Int32Array, count: number): void {
    const cpu = this.#table?.allocatable.cpu;
    if (cpu === undefined) return;
    for (let at = 0; at < count; at += 1) {
      const index = indices[at] ?? -1;
      if (index >= 0 && cpu[index] === 0) {
        this.#sayBehind();
        return;
      }
    }
  }

  #sayBehind(): void {
    const now = performance.now();
    if (now - this.#toldMilliseconds < behindMilliseconds) return;
    this.#toldMilliseconds = now;
    this.#options.onBehind();
  }
}
