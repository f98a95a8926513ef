import { setTimeout as sleep } from 'node:timers/promises';
import { addRepairs, noRepairs, type RepairCounts } from '../collect/repair.ts';
import type { Source, UsageBatch } from '../collect/source.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { TimeRange } from '../core/time-range.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';
import { decodeBatch, encodeBatch } from './batch-codec.ts';
import type { RealisedRisk, Training } from './training.ts';

export interface TrainingLoopOptions {
  readonly source: Source;
  readonly knowledge: KnowledgeBase;
  readonly training: Training;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stepSeconds: number;
  readonly historySeconds: number;
  /** How long after a step's end its samples are asked for. */
  readonly delaySeconds: number;
  /** The first pause after a failure of the source; each further one is twice as long, up to a minute. */
  readonly pauseMilliseconds: number;
  readonly report: (status: TrainingStatus) => void;
}

/** How training stands; sent after everything that changes it. */
export interface TrainingStatus {
  readonly trainedToSeconds: number | undefined;
  /** The newest Outlook that was published; 0 before the first. */
  readonly version: number;
  readonly containers: number;
  readonly nodes: number;
  /** Share of the history that is read, 0–1; 1 once training follows the clock. */
  readonly history: number;
  readonly steps: number;
  readonly failures: Readonly<Record<FailureKind, number>>;
  readonly repairs: Readonly<RepairCounts>;
  readonly realised: readonly RealisedRisk[];
}

export type FailureKind = 'source' | 'knowledge' | 'state';

const checkpointEverySteps = 12;
const checkpointEveryMilliseconds = 30_000;
const pollMilliseconds = 100;
const longestPauseMilliseconds = 60_000;

/**
 * Reads history, then each new step as the clock goes on; checkpoints, journals, publishes. A source or knowledge base that fails is logged, counted
 * and tried again; what was read stays in the models. Only measurements move training forward: a stretch that the source has nothing of (it is down,
 * or the clock jumped ahead) is asked for again.
 */
export class TrainingLoop {
  readonly #options: TrainingLoopOptions;
  readonly #failures: Record<FailureKind, number> = { source: 0, knowledge: 0, state: 0 };
  readonly #repairs = noRepairs();
  #version = 0;
  #steps = 0;
  #stepsSinceCheckpoint = 0;
  #isJournalBroken = false;
  #checkpointedAt = performance.now();
  #history = 0;

  #nextPauseMilliseconds: number;

  constructor(options: TrainingLoopOptions) {
    this.#options = options;
    this.#nextPauseMilliseconds = options.pauseMilliseconds;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#restore();
    while (!signal.aborted) {
      const range = this.#nextRange();
      const outcome = range === undefined ? 'nothing' : await this.#read(range, signal);
      if (outcome === 'learned') await this.#publish();
      else if (outcome === 'failed') await this.#pause(signal);
      else await this.#waitForStep(signal);
    }
    await this.#checkpoint();
  }

  get #stepEndSeconds(): number {
    const { clock, delaySeconds, stepSeconds } = this.#options;
    return Math.floor((clock.nowSeconds() - delaySeconds) / stepSeconds) * stepSeconds;
  }

  async #restore(): Promise<void> {
    const { knowledge, training, logger } = this.#options;
    for await (const model of knowledge.models()) {
      const why = training.restore(model);
      if (why === undefined) continue;
      this.#failures.state += 1;
      logger.error({ model: model.id, why }, 'a stored model cannot be used; its series is learned anew');
    }
    for await (const { body } of knowledge.journal()) {
      try {
        training.take(decodeBatch(body));
        this.#stepsSinceCheckpoint += 1;
      } catch (error) {
        this.#failures.state += 1;
        logger.error({ error }, 'a journal entry cannot be used; its stretch is read again from the source');
        break;
      }
    }
    this.#version = (await knowledge.outlook())?.version ?? 0;
    const { containers, nodes } = training.size;
    logger.info({ containers, nodes, trainedToSeconds: training.trainedToSeconds }, 'models restored');
    this.#report();
  }

  #nextRange(): TimeRange | undefined {
    const { training, clock, historySeconds, stepSeconds } = this.#options;
    const endSeconds = this.#stepEndSeconds;
    const oldest = Math.ceil((clock.nowSeconds() - historySeconds) / stepSeconds) * stepSeconds;
    const startSeconds = Math.max(training.trainedToSeconds ?? oldest, oldest);
    return endSeconds - startSeconds < stepSeconds ? undefined : { startSeconds, endSeconds, stepSeconds };
  }

  async #read(range: TimeRange, signal: AbortSignal): Promise<'learned' | 'nothing' | 'failed'> {
    const { source, training, logger } = this.#options;
    const before = training.trainedToSeconds;
    let isFailed = false;
    const isHistory = range.endSeconds - range.startSeconds > checkpointEverySteps * range.stepSeconds;
    try {
      for await (const batch of source.read(range, signal)) {
        training.take(batch);
        addRepairs(this.#repairs, batch.repairs);
        this.#history = (batch.range.endSeconds - range.startSeconds) / (range.endSeconds - range.startSeconds);
        await (isHistory ? this.#keepHistory(range) : this.#journal(batch));
      }
    } catch (error) {
      if (signal.aborted) return 'failed';
      isFailed = true;
      this.#failures.source += 1;
      logger.warn({ error, range }, 'measurements could not be read; will try again from where reading stopped');
    }
    const isLearned = training.trainedToSeconds !== before;
    if (isLearned) this.#steps += 1;
    if (isLearned && (isHistory || this.#stepsSinceCheckpoint >= checkpointEverySteps)) await this.#checkpoint();
    if (!isFailed) this.#nextPauseMilliseconds = this.#options.pauseMilliseconds;
    if (isLearned) return 'learned';
    return isFailed ? 'failed' : 'nothing';
  }

  async #keepHistory(range: TimeRange): Promise<void> {
    const { containers } = this.#options.training.size;
    const message = `history: ${Math.round(this.#history * 100)} % read`;
    this.#options.logger.info({ containers, days: (range.endSeconds - range.startSeconds) / 86_400 }, message);
    this.#report();
    if (performance.now() - this.#checkpointedAt > checkpointEveryMilliseconds) await this.#checkpoint();
  }

  async #journal(batch: UsageBatch): Promise<void> {
    const toSeconds = this.#options.training.trainedToSeconds;
    if (toSeconds === undefined || (batch.containers.length === 0 && batch.nodes.length === 0)) return;
    this.#stepsSinceCheckpoint += 1;
    // After a batch that is missing, later ones would hide the gap from a process that starts anew: a checkpoint has to come first.
    const isKept =
      !this.#isJournalBroken &&
      (await this.#keep(() => this.#options.knowledge.appendJournal({ toSeconds, body: encodeBatch(batch) })));
    if (isKept) return;
    this.#isJournalBroken = true;
    this.#stepsSinceCheckpoint = checkpointEverySteps;
  }

  async #checkpoint(): Promise<void> {
    const made = this.#options.training.checkpoint();
    if (made === undefined) return;
    const isKept = await this.#keep(() => this.#options.knowledge.saveCheckpoint(made.checkpoint));
    if (!isKept) return;
    made.kept();
    this.#isJournalBroken = false;
    this.#stepsSinceCheckpoint = 0;
    this.#checkpointedAt = performance.now();
  }

  async #publish(): Promise<void> {
    const { training, clock, knowledge, logger } = this.#options;
    const made = training.outlook(this.#version + 1, clock.nowSeconds());
    if (made === undefined) return;
    if (await this.#keep(() => knowledge.publish(made))) {
      training.published(made);
      this.#version += 1;
      const { version, containers, dataSeconds } = made.outlook;
      logger.debug({ version, containers, dataSeconds }, 'Outlook published');
    }
    this.#report();
  }

  async #keep(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      this.#failures.knowledge += 1;
      this.#options.logger.error({ error }, 'the knowledge base cannot be written; models stay in memory');
      return false;
    }
  }

  /** Waits until the clock shows another step than now, later or, when it was set back, earlier. */
  async #waitForStep(signal: AbortSignal): Promise<void> {
    if (this.#history !== 1) {
      this.#history = 1;
      this.#report();
    }
    const end = this.#stepEndSeconds;
    while (this.#stepEndSeconds === end && !signal.aborted)
      await quietly(sleep(pollMilliseconds, undefined, { signal }));
  }

  async #pause(signal: AbortSignal): Promise<void> {
    this.#report();
    await quietly(sleep(this.#nextPauseMilliseconds, undefined, { signal }));
    this.#nextPauseMilliseconds = Math.min(longestPauseMilliseconds, this.#nextPauseMilliseconds * 2);
  }

  #report(): void {
    const { training, report } = this.#options;
    report({
      trainedToSeconds: training.trainedToSeconds,
      version: this.#version,
      ...training.size,
      history: this.#history,
      steps: this.#steps,
      failures: { ...this.#failures },
      repairs: { ...this.#repairs },
      realised: training.realised(),
    });
  }
}

/** An aborted wait is no error. */
function quietly(wait: Promise<unknown>): Promise<unknown> {
  return wait.catch(() => undefined);
}
