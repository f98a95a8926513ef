import type { ClusterView, PodView } from '../cluster/view.ts';
import type { Outlook } from '../core/outlook.ts';
import { workloadOf } from '../core/workload.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { BoundPods } from './bound-pods.ts';
import { footingOf } from './footing.ts';
import type { Footing, Ground, LoadWish } from './ground.ts';
import { readPod } from './incoming-pod.ts';
import { KernelMemory } from './kernel-memory.ts';
import type { TableFrame } from './load-table.ts';
import { MemoryStore } from './memory-store.ts';
import { NameIndex } from './name-index.ts';
import { NodeTable } from './node-table.ts';
import { forecastOf, type PodLoad, podLoad } from './pod-load.ts';
import type { KnownLoad, UnownedParts } from './reader-messages.ts';
import { type ScorePieces, scorePieces } from './score-pieces.ts';
import type { TableKernel } from './table-kernel.ts';
import { WorkloadLoads } from './workload-loads.ts';

export interface ForecastStateOptions {
  readonly view: ClusterView;
  readonly forecasts: ForecastLookup;
  readonly maxOutlookAgeSeconds: number;
  readonly targetUtilisation: number;
  /** How many threads answer from the tables, this one included. */
  readonly threads: number;
  /** Called with each newer table, when it is whole. */
  readonly publish: (frame: TableFrame) => void;
}

const mostBarePods = 1000;

interface Current {
  readonly outlook: Outlook;
  readonly table: NodeTable;
  readonly pieces: ScorePieces;
}

/** The newest Outlook as tables, with the pods on the nodes: of the thread that follows the cluster. */
export class ForecastState implements Ground<never> {
  readonly #options: ForecastStateOptions;
  readonly #pods = new BoundPods();
  readonly #memories = new MemoryStore();
  #current: Current | undefined;
  #frames = 0;
  #publishedSynced = false;

  constructor(options: ForecastStateOptions) {
    this.#options = options;
  }

  get index(): NameIndex | undefined {
    return this.#current?.table.index;
  }

  get pieces(): ScorePieces | undefined {
    return this.#current?.pieces;
  }

  get kernel(): TableKernel | undefined {
    return this.#current?.table.kernel;
  }

  catchUp(): void {}

  use(outlook: Outlook, nowSeconds: number): void {
    // The fleet is mostly the same from one Outlook to the next.
    const isSame = this.#current !== undefined && sameTexts(this.#current.table.names, outlook.nodes.names);
    const pieces = isSame && this.#current !== undefined ? this.#current.pieces : scorePieces(outlook.nodes.names);
    this.#replace(outlook, isSame ? this.index : undefined, pieces);
    this.#recount(nowSeconds, this.#options.view.synced);
  }

  /** All pods were listed anew. */
  relist(nowSeconds: number): void {
    if (this.#current === undefined) {
      this.#pods.rebuild(this.#options.view.pods(), undefined, nowSeconds, true);
      return;
    }
    const { outlook, pieces } = this.#current;
    this.#replace(outlook, this.index, pieces);
    this.#recount(nowSeconds, true);
  }

  change(before: PodView | undefined, after: PodView | undefined, nowSeconds: number): void {
    this.#pods.change(before, after, nowSeconds);
  }

  loadOf(uid: string): PodLoad | undefined {
    return this.#pods.loadOf(uid);
  }

  read(object: unknown): PodView | undefined {
    return readPod(object, this.#options.view.owners);
  }

  load({ pod }: LoadWish, steps: number): PodLoad {
    return podLoad(pod, this.#options.forecasts, steps);
  }

  /** The load of a pod whose workload was not looked up; undefined without an Outlook. */
  loadFor({ owned, containers }: UnownedParts): KnownLoad | undefined {
    if (this.#current === undefined) return undefined;
    const { version, steps } = this.#current.outlook;
    const { view, forecasts } = this.#options;
    const pod = { workload: workloadOf(owned, view.owners), containers };
    const isWhole = containers.every((container) => forecastOf(pod, container, forecasts) !== undefined);
    return { load: podLoad(pod, forecasts, steps), version, isWhole };
  }

  learn(indices: Int32Array, count: number): void {
    this.#current?.table.learn(indices, count);
  }

  /** Does what is due though nobody called: moves on to the step that it is now, learns nodes. */
  refresh(nowSeconds: number): void {
    this.footing(nowSeconds);
    this.#current?.table.learnAll();
    if (this.#publishedSynced !== this.#options.view.synced) this.#publish();
  }

  /** Moves on to the step that it is now, and says whether there is something to go by. */
  footing(nowSeconds: number): Footing {
    if (!this.#options.view.synced) return { kind: 'unsound', reason: 'not-synced' };
    const current = this.#current;
    const found = current && footingOf(current.outlook, nowSeconds, this.#options.maxOutlookAgeSeconds);
    if (current === undefined || found === undefined) return { kind: 'unsound', reason: 'outlook-stale' };
    if (current.table.lookFrom(found.step)) this.#publish();
    return { kind: 'sound', table: current.table, horizonSeconds: found.horizonSeconds };
  }

  #replace(outlook: Outlook, known: NameIndex | undefined, pieces: ScorePieces): void {
    const { view, targetUtilisation, threads } = this.#options;
    const index = known ?? new NameIndex(outlook.nodes.names);
    const space = KernelMemory.of(index.data, pieces, { steps: outlook.steps, threads, used: this.#memories });
    const table = new NodeTable(outlook, targetUtilisation, (name) => view.node(name), index, space);
    const before = this.#current?.table.space;
    if (before !== undefined) this.#memories.give(before.memory);
    this.#current = { outlook, table, pieces };
  }

  #recount(nowSeconds: number, isWhole: boolean): void {
    if (this.#current === undefined) return;
    const { outlook, table } = this.#current;
    const { view, forecasts } = this.#options;
    const afterSeconds = outlook.nodes.attributed ? Number.NEGATIVE_INFINITY : outlook.dataSeconds;
    const loads = new WorkloadLoads(forecasts, outlook.steps);
    this.#pods.rebuild(view.pods(), { table, loads, afterSeconds }, nowSeconds, isWhole);
    // The step that it is now, so that what is published is not summed up twice.
    const found = footingOf(outlook, nowSeconds, this.#options.maxOutlookAgeSeconds);
    if (found !== undefined) table.lookFrom(found.step);
    this.#publish();
  }

  #publish(): void {
    if (this.#current === undefined) return;
    const { outlook, table, pieces } = this.#current;
    const { version, dataSeconds, horizonStartSeconds, stepSeconds, steps } = outlook;
    const { fromStep, pairs, allocatable, rows, least } = table;
    this.#frames += 1;
    this.#publishedSynced = this.#options.view.synced;
    this.#options.publish({
      number: this.#frames,
      outlook: { version, dataSeconds, horizonStartSeconds, stepSeconds, steps },
      synced: this.#publishedSynced,
      names: table.index.data,
      pieces,
      fromStep,
      pairs,
      allocatable,
      rows,
      least,
      counts: table.lock.counts,
      barePods: this.#barePods(),
      kernel: table.space?.frame,
    });
  }

  /** It is copied to each thread with each frame. */
  #barePods(): ReadonlySet<string> | undefined {
    const { barePods } = this.#options.forecasts;
    return barePods !== undefined && barePods.size <= mostBarePods ? barePods : undefined;
  }
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => other[index] === text);
}
