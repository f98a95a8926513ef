import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { SavedStorage, StorageModels } from './storage-models.ts';
import type { StorageSource } from './storage-source.ts';
import type { StorageState } from './storage-state.ts';

export interface NamedSource {
  /** What logs and failures call it. */
  readonly name: string;
  readonly source: StorageSource;
}

export interface StorageLoopOptions {
  readonly sources: readonly NamedSource[];
  readonly models: StorageModels;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalSeconds: number;
  readonly historySeconds: number;
  /** How far apart readings of the history are. */
  readonly historyStepSeconds: number;
  readonly onState: (state: StorageState) => void;
  readonly onFailure?: (source: string) => void;
  /** Called now and then, and at the end. */
  readonly keep?: (saved: SavedStorage) => void;
}

/** The first reading takes two measurements, since rates need them. */
const leastReadSeconds = 60;
const pollMilliseconds = 100;
const keepMilliseconds = 600_000;

/**
 * Reads what was before, then at each interval what is, and says each time what is expected. A source that fails is logged once, counted, and asked again at the
 * next interval; what was read of it before stands, and grows old.
 */
export class StorageLoop {
  readonly #options: StorageLoopOptions;
  readonly #failing = new Set<string>();
  #keptAt = performance.now();

  constructor(options: StorageLoopOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { sources } = this.#options;
    // What is now comes first: a long history must not keep claims from being decided.
    await this.#readAll(signal);
    for (const one of sources) await this.#readHistory(one, signal);
    while (!signal.aborted) {
      await this.#waitForInterval(signal);
      if (!signal.aborted) await this.#readAll(signal);
    }
    this.#keep();
    await Promise.all(sources.map(({ source }) => source.close()));
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    const { sources, models, clock, onState } = this.#options;
    await Promise.all(sources.map((one) => this.#readOne(one, signal)));
    if (signal.aborted) return;
    onState(models.state(clock.nowSeconds()));
    if (performance.now() - this.#keptAt > keepMilliseconds) this.#keep();
  }

  async #readOne({ name, source }: NamedSource, signal: AbortSignal): Promise<void> {
    const { models, clock, logger, intervalSeconds, onFailure } = this.#options;
    try {
      const limit = AbortSignal.timeout(1000 * Math.max(leastReadSeconds, intervalSeconds));
      const reading = AbortSignal.any([signal, limit]);
      models.take(name, await source.read(reading));
      const volumes = await source.volumes?.(reading);
      if (volumes !== undefined) models.takeVolumes(volumes);
      if (this.#failing.delete(name)) logger.info({ source: name }, 'storage is read again');
    } catch (error) {
      if (signal.aborted) return;
      models.failed(name, describeError(error), clock.nowSeconds());
      onFailure?.(name);
      if (this.#failing.has(name)) return;
      this.#failing.add(name);
      logger.warn(
        { source: name, error: redactedError(error) },
        'storage could not be read; what was read before grows old',
      );
    }
  }

  /** What was learned outlives this process: sources that keep no history need it. */
  #keep(): void {
    this.#keptAt = performance.now();
    this.#options.keep?.(this.#options.models.save());
  }

  /** Models learn in order: what is older than the newest reading comes in before it. */
  async #readHistory({ name, source }: NamedSource, signal: AbortSignal): Promise<void> {
    const { models, clock, logger, historySeconds, historyStepSeconds: stepSeconds } = this.#options;
    if (source.history === undefined) return;
    const endSeconds = Math.floor(clock.nowSeconds() / stepSeconds) * stepSeconds;
    const range = { startSeconds: endSeconds - historySeconds, endSeconds, stepSeconds };
    try {
      models.beginAnew(name);
      let readings = 0;
      for await (const reading of source.history(range, stepSeconds, signal)) {
        models.take(name, reading);
        readings += 1;
      }
      logger.info({ source: name, readings }, 'history of storage read');
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ source: name, error: redactedError(error) }, 'the history of storage could not be read');
    }
    await this.#readAll(signal);
  }

  async #waitForInterval(signal: AbortSignal): Promise<void> {
    const { clock, intervalSeconds } = this.#options;
    const interval = (): number => Math.floor(clock.nowSeconds() / intervalSeconds);
    const now = interval();
    // Set back or ahead, the clock shows another interval either way.
    while (interval() === now && !signal.aborted) {
      await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }
}
