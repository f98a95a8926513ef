import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../core/log.ts';
import { type OwnerLookup, workloadId, workloadOf } from '../core/workload.ts';
import type { PodRecord } from './project-pod.ts';
import type { PodView } from './view.ts';

export type PodListener = (before: PodView | undefined, after: PodView | undefined) => void;

/** What follows from changes of pods: the listeners that hear of bound ones, and pods whose controller becomes known after them. */
export class PodIndex {
  readonly #lookup: OwnerLookup;
  readonly #logger: Logger;
  readonly #listeners: PodListener[] = [];
  /** By the id of the controller that is not known yet. */
  readonly #waiting = new Map<string, Set<PodRecord>>();

  constructor(lookup: OwnerLookup, logger: Logger) {
    this.#lookup = lookup;
    this.#logger = logger;
  }

  listen(listener: PodListener): void {
    this.#listeners.push(listener);
  }

  change(before: PodRecord | undefined, after: PodRecord | undefined): void {
    if (before !== undefined) this.#forget(before);
    if (after !== undefined) this.#remember(after);
    this.#tell(before?.view, after?.view);
  }

  replace(records: Iterable<PodRecord>): void {
    this.#waiting.clear();
    // Listeners first: they read everything anew, and what is resolved below is a change to that.
    for (const listener of this.#listeners) this.#call(listener, undefined, undefined);
    for (const record of records) this.#remember(record);
  }

  /** A controller came: its pods may belong to another workload than was guessed from its name. */
  ownerKnown(kind: string, key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    for (const record of this.#waiting.get(workloadId({ namespace, kind, name })) ?? []) this.#resolve(record);
  }

  /** Many controllers came at once. */
  ownersKnown(): void {
    for (const records of this.#waiting.values()) {
      for (const record of records) this.#resolve(record);
    }
  }

  #resolve(record: PodRecord): void {
    const { awaited, view: before } = record;
    if (awaited === undefined || this.#lookup(awaited.owner) === undefined) return;
    this.#forget(record);
    record.awaited = undefined;
    const workload = workloadOf(awaited.pod, this.#lookup);
    if (isDeepStrictEqual(workload, before.workload)) return;
    record.view = { ...before, workload };
    this.#tell(before, record.view);
  }

  #remember(record: PodRecord): void {
    if (record.awaited === undefined) return;
    const id = workloadId(record.awaited.owner);
    const waiting = this.#waiting.get(id) ?? new Set<PodRecord>();
    this.#waiting.set(id, waiting.add(record));
    // It may have come between the projection of a listed page and now.
    this.#resolve(record);
  }

  #forget(record: PodRecord): void {
    if (record.awaited === undefined) return;
    const id = workloadId(record.awaited.owner);
    const waiting = this.#waiting.get(id);
    waiting?.delete(record);
    if (waiting?.size === 0) this.#waiting.delete(id);
  }

  // A pod without a node loads nothing: nobody is told of it until it is bound.
  #tell(before: PodView | undefined, after: PodView | undefined): void {
    const [bound, binds] = [before?.node !== undefined, after?.node !== undefined];
    if (!bound && !binds) return;
    for (const listener of this.#listeners) this.#call(listener, before, after);
  }

  #call(listener: PodListener, before: PodView | undefined, after: PodView | undefined): void {
    try {
      listener(before, after);
    } catch (error) {
      this.#logger.error({ error, pod: (after ?? before)?.name }, 'a listener for pods failed');
    }
  }
}
