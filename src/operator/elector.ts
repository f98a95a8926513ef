import type { Connection } from '../cluster/connection.ts';
import { monotonicMilliseconds } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type LeaseRecord, type LeaseStore, leaseStore, type ObjectName } from './lease.ts';

export interface ElectorOptions {
  readonly connection: Pick<Connection, 'send'>;
  readonly lease: ObjectName;
  /** Of this process alone: two that share one would both lead. */
  readonly identity: string;
  readonly logger: Logger;
  /** How long others wait after the last sign of life. */
  readonly leaseSeconds?: number;
  /** How long after its last renewal a leader still counts itself as one: shorter than leaseSeconds by more than a call may take. */
  readonly renewSeconds?: number;
  readonly retrySeconds?: number;
  /** In [0, 1): spreads the tries of replicas. */
  readonly random?: () => number;
  /** Never set back. Only differences count: no clock of another machine is ever compared with it. */
  readonly nowMilliseconds?: () => number;
  /** Written into the Lease for people to read; never read back. */
  readonly wallMilliseconds?: () => number;
}

export interface Elector {
  /** Whether this process leads at this moment; false as soon as it could not renew in time, even if nothing ran meanwhile. */
  readonly isLeader: boolean;
  /** Who led when the Lease was last read. */
  readonly holder: string | undefined;
  /** One try: reads the Lease, then renews, takes or leaves it. Never throws. Called by start() again and again. */
  attempt(): Promise<void>;
  start(): void;
  /** Gives the Lease back, so that another need not wait for its end. */
  close(): Promise<void>;
}

const usualLeaseSeconds = 15;
const usualRenewSeconds = 10;
const usualRetrySeconds = 2;

/**
 * Leader election by a Lease of coordination.k8s.io. A Lease counts as abandoned when it has not changed for its whole duration as measured here: clocks
 * that differ between machines, or jump, change nothing. Writes name the version they were made from, so that of two takers one fails.
 */
export function createElector(options: ElectorOptions): Elector {
  return new LeaseElector(options);
}

class LeaseElector implements Elector {
  readonly #store: LeaseStore;
  readonly #identity: string;
  readonly #logger: Logger;
  readonly #leaseSeconds: number;
  readonly #renewMilliseconds: number;
  readonly #retryMilliseconds: number;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #wall: () => number;
  #observed: { readonly text: string; readonly atMilliseconds: number } | undefined;
  #renewedMilliseconds: number | undefined;
  #wasLeader = false;
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void> | undefined;
  #closed = false;
  holder: string | undefined;

  constructor(options: ElectorOptions) {
    this.#store = leaseStore(options.connection, options.lease);
    this.#identity = options.identity;
    this.#logger = options.logger;
    this.#leaseSeconds = options.leaseSeconds ?? usualLeaseSeconds;
    this.#renewMilliseconds = (options.renewSeconds ?? usualRenewSeconds) * 1000;
    this.#retryMilliseconds = (options.retrySeconds ?? usualRetrySeconds) * 1000;
    this.#random = options.random ?? Math.random;
    this.#now = options.nowMilliseconds ?? monotonicMilliseconds;
    this.#wall = options.wallMilliseconds ?? Date.now;
  }

  get isLeader(): boolean {
    return this.#renewedMilliseconds !== undefined && this.#now() - this.#renewedMilliseconds < this.#renewMilliseconds;
  }

  start(): void {
    if (this.#closed || this.#timer !== undefined) return;
    const again = async (): Promise<void> => {
      await this.attempt();
      if (this.#closed) return;
      this.#timer = setTimeout(() => void again(), this.#retryMilliseconds * (1 + 0.2 * this.#random()));
      this.#timer.unref();
    };
    this.#timer = setTimeout(() => void again(), 0);
  }

  attempt(): Promise<void> {
    this.#trying ??= this.#attempt().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#trying;
    if (!this.isLeader) return;
    this.#renewedMilliseconds = undefined;
    try {
      const { record } = await this.#store.read();
      if (record?.holder === this.#identity) await this.#store.release(record.version);
    } catch (error) {
      this.#logger.debug({ error }, 'the Lease could not be given back; it ends by itself');
    }
  }

  async #attempt(): Promise<void> {
    try {
      await this.#try();
    } catch (error) {
      this.#logger.warn({ error }, `the Lease could not be read or written: ${describeError(error)}`);
    }
    this.#tell();
  }

  async #try(): Promise<void> {
    const { record } = await this.#store.read();
    // Leading counts from before the call that renews: the others may have seen it written at any moment after that.
    const began = this.#now();
    this.#observe(record, began);
    if (!this.#mayTake(record, began)) {
      this.#renewedMilliseconds = undefined;
      return;
    }
    const written = await this.#store.write({
      version: record?.version,
      identity: this.#identity,
      seconds: this.#leaseSeconds,
      wallMilliseconds: this.#wall(),
      transitions: this.#transitionsAfter(record),
    });
    if (written) {
      this.#renewedMilliseconds = began;
      this.holder = this.#identity;
    }
  }

  #transitionsAfter(record: LeaseRecord | undefined): number | undefined {
    if (record === undefined) return 0;
    return record.holder === this.#identity ? undefined : record.transitions + 1;
  }

  #observe(record: LeaseRecord | undefined, nowMilliseconds: number): void {
    this.holder = record?.holder;
    const text = JSON.stringify(record ?? null);
    if (text !== this.#observed?.text) this.#observed = { text, atMilliseconds: nowMilliseconds };
  }

  #mayTake(record: LeaseRecord | undefined, nowMilliseconds: number): boolean {
    if (record?.holder === undefined || record.holder === this.#identity) return true;
    const seenMilliseconds = nowMilliseconds - (this.#observed?.atMilliseconds ?? nowMilliseconds);
    return seenMilliseconds > (record.seconds ?? this.#leaseSeconds) * 1000;
  }

  #tell(): void {
    const leads = this.isLeader;
    if (leads === this.#wasLeader) return;
    this.#wasLeader = leads;
    this.#logger.info({ identity: this.#identity }, leads ? 'leading from now on' : 'leading no more');
  }
}
