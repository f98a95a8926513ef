import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { Backoff } from './backoff.ts';
import type { Connection } from './connection.ts';
import { fieldsOf, textOf } from './fields.ts';
import { type KindRequest, type Listed, listAll, refusal } from './list.ts';
import { objectKey } from './object-key.ts';
import { type WatchEnd, watchOnce } from './watch.ts';

export interface ReflectorOptions<T> extends KindRequest {
  readonly connection: Connection;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  /** What is kept of an object; undefined keeps nothing of it. */
  readonly project: (object: unknown) => T | undefined;
  /** Called after an item came, changed or went. */
  readonly onChange?: (key: string, before: T | undefined, after: T | undefined) => void;
  /** Called after a list took the place of everything known. */
  readonly onReplace?: () => void;
  /** A kind that a cluster may lack (404) or keep from us (403): it then counts as empty, and is asked for again after this long. */
  readonly retryAbsentSeconds?: number;
}

export interface ReflectorCounts {
  readonly lists: number;
  readonly relists: number;
  readonly watches: number;
  readonly events: number;
  readonly errors: number;
}

// Shorter than this and without an event, a watch that ends is no success: the next one waits.
const briefSeconds = 5;

/**
 * Keeps one kind of object: a list in pages, then a watch from there on, for as long as it lives. An answer 410 (the version is too old to watch from)
 * brings a new list; any other error a wait that doubles, then the watch goes on from the last version seen. It never gives up; what it knew stays
 * readable meanwhile.
 */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  readonly #counts = { lists: 0, relists: 0, watches: 0, events: 0, errors: 0 };
  #items: Map<string, T> = new Map();
  #version: string | undefined;
  #synced = false;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  /** By `namespace/name`, or `name` for what has no namespace. */
  get items(): ReadonlyMap<string, T> {
    return this.#items;
  }

  /** Whether a list was read to its end once. */
  get synced(): boolean {
    return this.#synced;
  }

  get counts(): ReflectorCounts {
    return { ...this.#counts };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  async #step(): Promise<void> {
    if (this.#version === undefined) await this.#list();
    else await this.#watch(this.#version);
  }

  async #list(): Promise<void> {
    const { project } = this.#options;
    const listed = await listAll(this.#options, this.#options.connection, this.#closing.signal, (object) =>
      this.#guard(() => project(object)),
    );
    if (listed.kind === 'absent') return this.#absent(listed);
    this.#counts.lists += 1;
    if (this.#synced) this.#counts.relists += 1;
    this.#replace(listed.items);
    this.#version = listed.version;
  }

  async #absent({ status, body }: Extract<Listed<T>, { kind: 'absent' }>): Promise<void> {
    const { retryAbsentSeconds: seconds, path, logger } = this.#options;
    if (seconds === undefined) throw refusal(path, status, body);
    if (!this.#synced || this.#items.size > 0) {
      logger.info({ path, status }, 'kind not served here, taken as empty');
      this.#replace(new Map());
    }
    await this.#pause(seconds);
  }

  async #watch(version: string): Promise<void> {
    this.#counts.watches += 1;
    const [started, eventsBefore] = [this.#options.clock.nowSeconds(), this.#counts.events];
    const end = await watchOnce(this.#options, version, this.#closing.signal, (type, object) =>
      this.#event(type, object),
    );
    const fruitful = this.#counts.events > eventsBefore;
    if (fruitful || this.#options.clock.nowSeconds() - started > briefSeconds) this.#backoff.reset();
    await this.#ended(end);
  }

  async #ended(end: WatchEnd): Promise<void> {
    const { path, logger } = this.#options;
    if (end.kind === 'expired') {
      logger.info({ path, reason: end.reason }, 'watch cannot go on, listing again');
      this.#version = undefined;
    }
    // The first wait is a quarter to half a second: an API server that restarts ends all watches at once.
    if (!this.#closing.signal.aborted) await this.#pause(this.#backoff.nextSeconds());
  }

  #event(type: string, object: unknown): void {
    const { metadata } = fieldsOf(object);
    const version = textOf(fieldsOf(metadata).resourceVersion);
    if (type !== 'BOOKMARK') {
      this.#counts.events += 1;
      this.#apply(type, object);
    }
    // Only after the object was taken in.
    if (version !== undefined) this.#version = version;
  }

  #apply(type: string, object: unknown): void {
    const key = objectKey(object);
    const before = this.#items.get(key);
    const after = type === 'DELETED' ? undefined : this.#guard(() => this.#options.project(object));
    // Most changes of an object are of fields that nobody here reads, a status above all.
    if (isDeepStrictEqual(before, after)) return;
    if (after === undefined) this.#items.delete(key);
    else this.#items.set(key, after);
    this.#guard(() => this.#options.onChange?.(key, before, after));
  }

  #replace(items: Map<string, T>): void {
    this.#items = items;
    this.#synced = true;
    this.#guard(() => this.#options.onReplace?.());
  }

  // One object that breaks a projection or a listener must not end the watch of all others.
  #guard<R>(action: () => R): R | undefined {
    try {
      return action();
    } catch (error) {
      this.#counts.errors += 1;
      this.#options.logger.error({ path: this.#options.path, error }, 'an object of the API could not be taken in');
      return undefined;
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#counts.errors += 1;
    const seconds = this.#backoff.nextSeconds();
    const { path, logger } = this.#options;
    logger.warn({ path, error, retrySeconds: seconds }, 'watching the Kubernetes API failed, trying again');
    await this.#pause(seconds);
  }

  async #pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}
