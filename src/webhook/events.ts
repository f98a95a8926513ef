import { randomBytes } from 'node:crypto';
import type { Connection } from '../cluster/connection.ts';
import { type Clock, monotonicMilliseconds } from '../core/clock.ts';
import { type Logger, redactedError } from '../core/log.ts';
import { type WorkloadKey, workloadId } from '../core/workload.ts';
import { type EventObject, eventObjectOf } from './event-object.ts';
import type { PodOwner } from './pod.ts';

/** Something about a pod that its owner must see. */
export interface PodNotice {
  readonly workload: WorkloadKey;
  /** The pod's own controller, as its owner reference has it. */
  readonly owner: PodOwner | undefined;
  /** In CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** Writes Events on the top controllers of pods. Admission neither waits for it nor fails with it. */
export interface Events {
  emit(notice: PodNotice): void;
  /** Notices that no Event was written for: too many at once, or the API server refused them. */
  readonly dropped: number;
  /** Writes what is waiting, for some seconds, and stops. */
  close(): Promise<void>;
}

export interface EventsOptions {
  readonly connection: Pick<Connection, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long until the same notice is written again, with how often it came meanwhile. */
  readonly quietSeconds?: number;
  readonly tickMilliseconds?: number;
}

/** For services without a cluster. */
export const noEvents: Events = { emit: () => undefined, dropped: 0, close: async () => undefined };

export function createEvents(options: EventsOptions): Events {
  const writer = new EventWriter(options);
  writer.start();
  return writer;
}

/** One Event: notices that differ in their numbers alone are the same. */
interface Series {
  readonly notice: PodNotice;
  readonly firstSeconds: number;
  message: string;
  lastSeconds: number;
  count: number;
  written: number;
  /** Where it was written, once it was. */
  path?: string | undefined;
  object?: EventObject;
  dueMilliseconds: number;
  failures: number;
}

const mostSeries = 1000;
const defaultQuietSeconds = 60;
const defaultTickMilliseconds = 1000;
// A burst of so many, then so many a second: what the event recorder of Kubernetes may do is of the same order.
const burst = 25;
const perSecond = 2;
const mostFailures = 5;
const closeMilliseconds = 3000;
const longestMessage = 1024;

class EventWriter implements Events {
  readonly #options: EventsOptions;
  readonly #quietMilliseconds: number;
  /** The least recent first. */
  readonly #series = new Map<string, Series>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #tokens = burst;
  #refilled = monotonicMilliseconds();
  dropped = 0;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#quietMilliseconds = (options.quietSeconds ?? defaultQuietSeconds) * 1000;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), this.#options.tickMilliseconds ?? defaultTickMilliseconds);
    this.#timer.unref();
  }

  emit(notice: PodNotice): void {
    const key = `${workloadId(notice.workload)} ${notice.reason} ${notice.message.replace(/\d+/g, '#')}`;
    const nowSeconds = this.#options.clock.nowSeconds();
    const held = this.#series.get(key);
    if (held === undefined && !this.#makeRoom()) {
      this.dropped += 1;
      return;
    }
    const series = held ?? newSeries(notice, nowSeconds);
    series.count += 1;
    series.lastSeconds = nowSeconds;
    series.message = notice.message;
    this.#series.delete(key);
    this.#series.set(key, series);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    this.#tokens = Number.POSITIVE_INFINITY;
    const deadline = monotonicMilliseconds() + closeMilliseconds;
    await this.#write((series) => series.count > series.written && monotonicMilliseconds() < deadline);
    for (const { count, written } of this.#series.values()) this.dropped += count - written;
    this.#series.clear();
  }

  /** The oldest that has nothing to be written goes. */
  #makeRoom(): boolean {
    if (this.#series.size < mostSeries) return true;
    for (const [key, { count, written }] of this.#series) {
      if (count === written) return this.#series.delete(key);
    }
    return false;
  }

  #tick(): void {
    this.#writing ??= this.#write(
      (series) => series.count > series.written && series.dueMilliseconds <= monotonicMilliseconds(),
    ).finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(isDue: (series: Series) => boolean): Promise<void> {
    const now = monotonicMilliseconds();
    this.#tokens = Math.min(Math.max(burst, this.#tokens), this.#tokens + ((now - this.#refilled) / 1000) * perSecond);
    this.#refilled = now;
    for (const series of [...this.#series.values()]) {
      if (this.#tokens < 1) return;
      if (!isDue(series)) continue;
      this.#tokens -= 1;
      await this.#writeOne(series);
    }
  }

  async #writeOne(series: Series): Promise<void> {
    const { count } = series;
    try {
      const status = await this.#send(series);
      // Events live for an hour: one that is gone is written anew.
      if (status === 404 && series.path !== undefined) series.path = undefined;
      else if (status >= 200 && status < 300) {
        series.written = count;
        series.failures = 0;
        series.dueMilliseconds = monotonicMilliseconds() + this.#quietMilliseconds;
      } else this.#failed(series, `status ${status}`, isForGood(status));
    } catch (error) {
      this.#failed(series, redactedError(error), false);
    }
  }

  async #send(series: Series): Promise<number> {
    const { connection } = this.#options;
    const { notice, path, count, lastSeconds } = series;
    const message = series.message.slice(0, longestMessage);
    const lastTimestamp = timestamp(lastSeconds);
    if (path !== undefined) {
      return (await connection.send('PATCH', path, { count, lastTimestamp, message })).status;
    }
    series.object ??= await eventObjectOf(notice.workload, notice.owner, connection);
    const { namespace, name: objectName } = series.object;
    const name = `${objectName.slice(0, 200)}.${randomBytes(8).toString('hex')}`;
    const folder = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    const { status } = await connection.send('POST', folder, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: series.object,
      type: 'Warning',
      reason: notice.reason,
      message,
      source: { component: 'barograph' },
      reportingComponent: 'barograph',
      firstTimestamp: timestamp(series.firstSeconds),
      lastTimestamp,
      count,
    });
    if (status < 300) series.path = `${folder}/${name}`;
    return status;
  }

  #failed(series: Series, why: string, forGood: boolean): void {
    series.failures += 1;
    series.dueMilliseconds = monotonicMilliseconds() + this.#quietMilliseconds;
    const isGivenUp = forGood || series.failures >= mostFailures;
    const fields = { workload: workloadId(series.notice.workload), reason: series.notice.reason, error: why };
    this.#options.logger.warn(
      fields,
      isGivenUp ? 'an Event is not written' : 'an Event could not be written; will try again',
    );
    if (!isGivenUp) return;
    this.dropped += series.count - series.written;
    series.written = series.count;
    series.failures = 0;
  }
}

function newSeries(notice: PodNotice, nowSeconds: number): Series {
  const { message } = notice;
  const fresh = { count: 0, written: 0, dueMilliseconds: 0, failures: 0 };
  return { notice, message, firstSeconds: nowSeconds, lastSeconds: nowSeconds, ...fresh };
}

function isForGood(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

function timestamp(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
