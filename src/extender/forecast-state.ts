import type { ClusterView, PodView } from '../cluster/view.ts';
import { isFresh, type Outlook } from '../core/outlook.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { BoundPods } from './bound-pods.ts';
import { NodeTable } from './node-table.ts';
import type { PodLoad } from './pod-load.ts';
import { ScorePieces } from './score-pieces.ts';
import { WorkloadLoads } from './workload-loads.ts';

export interface ForecastStateOptions {
  readonly view: ClusterView;
  readonly forecasts: ForecastLookup;
  readonly maxOutlookAgeSeconds: number;
  readonly targetUtilisation: number;
}

/** What decisions may be based on now, or why on nothing. */
export type Footing =
  | { readonly kind: 'sound'; readonly table: NodeTable; readonly horizonSeconds: number }
  | { readonly kind: 'unsound'; readonly reason: 'not-synced' | 'outlook-stale' };

interface Current {
  readonly outlook: Outlook;
  readonly table: NodeTable;
  readonly pieces: ScorePieces;
}

/** The newest Outlook as tables, with the pods on the nodes. */
export class ForecastState {
  readonly #options: ForecastStateOptions;
  readonly #pods = new BoundPods();
  #current: Current | undefined;

  constructor(options: ForecastStateOptions) {
    this.#options = options;
  }

  get table(): NodeTable | undefined {
    return this.#current?.table;
  }

  get pieces(): ScorePieces | undefined {
    return this.#current?.pieces;
  }

  use(outlook: Outlook, nowSeconds: number): void {
    const { view, targetUtilisation } = this.#options;
    const table = new NodeTable(outlook, targetUtilisation, (name) => view.node(name));
    // The fleet is mostly the same from one Outlook to the next.
    const known = this.#current?.table.names;
    const pieces =
      this.#current !== undefined && known !== undefined && sameTexts(known, outlook.nodes.names)
        ? this.#current.pieces
        : new ScorePieces(outlook.nodes.names);
    this.#current = { outlook, table, pieces };
    this.#recount(table, nowSeconds, view.synced);
  }

  /** All pods were listed anew. */
  relist(nowSeconds: number): void {
    if (this.#current === undefined) {
      this.#pods.rebuild(this.#options.view.pods(), undefined, nowSeconds, true);
      return;
    }
    const { outlook, pieces } = this.#current;
    const { view, targetUtilisation } = this.#options;
    const table = new NodeTable(outlook, targetUtilisation, (name) => view.node(name));
    this.#current = { outlook, table, pieces };
    this.#recount(table, nowSeconds, true);
  }

  change(before: PodView | undefined, after: PodView | undefined, nowSeconds: number): void {
    this.#pods.change(before, after, nowSeconds);
  }

  loadOf(uid: string): PodLoad | undefined {
    return this.#pods.loadOf(uid);
  }

  /** Moves on to the step that it is now, and says whether there is something to go by. */
  footing(nowSeconds: number): Footing {
    if (!this.#options.view.synced) return { kind: 'unsound', reason: 'not-synced' };
    const current = this.#current;
    if (current === undefined || !isFresh(current.outlook, nowSeconds, this.#options.maxOutlookAgeSeconds)) {
      return { kind: 'unsound', reason: 'outlook-stale' };
    }
    const { horizonStartSeconds, stepSeconds, steps } = current.outlook;
    const step = Math.max(0, Math.floor((nowSeconds - horizonStartSeconds) / stepSeconds));
    if (!(step < steps)) return { kind: 'unsound', reason: 'outlook-stale' };
    current.table.lookFrom(step);
    return { kind: 'sound', table: current.table, horizonSeconds: (steps - step) * stepSeconds };
  }

  #recount(table: NodeTable, nowSeconds: number, isWhole: boolean): void {
    const { view, forecasts } = this.#options;
    const outlook = this.#current?.outlook;
    if (outlook === undefined) return;
    const afterSeconds = outlook.nodes.attributed ? Number.NEGATIVE_INFINITY : outlook.dataSeconds;
    const loads = new WorkloadLoads(forecasts, outlook.steps);
    this.#pods.rebuild(view.pods(), { table, loads, afterSeconds }, nowSeconds, isWhole);
  }
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => other[index] === text);
}
