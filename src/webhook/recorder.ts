import { LRUCache } from 'lru-cache';
import { monotonicMilliseconds } from '../core/clock.ts';
import type { Decision, Placement } from '../core/decision.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { KnowledgeBase } from '../knowledge/knowledge.ts';

/** Keeps decisions without making anyone wait. */
export interface DecisionRecorder {
  /** A second decision of the same id takes the place of the first. */
  record(decision: Decision): void;
  /** Says where the pod of a decision went; the decision may be written already, or come a little later from another replica. */
  place(id: string, placement: Placement): void;
  /** A decision of the last moments, from memory. */
  recent(id: string): Decision | undefined;
  find(id: string): Promise<Decision | undefined>;
  latest(limit: number): Promise<Decision[]>;
  readonly dropped: number;
  /** Decisions that are not written yet. */
  readonly waiting: number;
  /** Writes what is waiting, and stops. */
  close(): Promise<void>;
}

/** What decisions are kept in. */
export type RecorderKnowledge = Pick<KnowledgeBase, 'recordDecisions' | 'decision' | 'decisions'>;

const flushMilliseconds = 250;
const sayMilliseconds = 60_000;
const mostWaiting = 10_000;
const mostPerWrite = 500;
const mostRecent = 1000;
// Half a minute of tries: a decision that has not come by then was lost.
const mostTries = 120;

interface WaitingPlacement {
  readonly placement: Placement;
  tries: number;
}

/** Writes decisions in batches in the background; when the knowledge base fails, keeps the oldest 10,000 and tries again. */
export function createRecorder(knowledge: RecorderKnowledge, logger: Logger): DecisionRecorder {
  const recorder = new Recorder(knowledge, logger);
  recorder.start();
  return recorder;
}

class Recorder implements DecisionRecorder {
  readonly #knowledge: RecorderKnowledge;
  readonly #logger: Logger;
  readonly #decisions = new Map<string, Decision>();
  readonly #placements = new Map<string, WaitingPlacement>();
  readonly #recent = new LRUCache<string, Decision>({ max: mostRecent });
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #saidMilliseconds: number | undefined;
  dropped = 0;

  constructor(knowledge: RecorderKnowledge, logger: Logger) {
    this.#knowledge = knowledge;
    this.#logger = logger;
  }

  get waiting(): number {
    return this.#decisions.size;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#decisions.size + this.#placements.size > 0) this.#writing = this.#writing.then(() => this.#write());
    }, flushMilliseconds);
    this.#timer.unref();
  }

  record(decision: Decision): void {
    this.#recent.set(decision.id, decision);
    if (this.#decisions.size >= mostWaiting && !this.#decisions.has(decision.id)) this.dropped += 1;
    else this.#decisions.set(decision.id, decision);
  }

  place(id: string, placement: Placement): void {
    if (this.#placements.size >= mostWaiting && !this.#placements.has(id)) this.dropped += 1;
    else this.#placements.set(id, { placement, tries: 0 });
  }

  recent(id: string): Decision | undefined {
    return this.#recent.get(id);
  }

  async find(id: string): Promise<Decision | undefined> {
    const decision = this.#decisions.get(id) ?? (await this.#knowledge.decision(id));
    return decision && this.#placed(decision);
  }

  async latest(limit: number): Promise<Decision[]> {
    const stored = await this.#knowledge.decisions(limit);
    const unwritten = [...this.#decisions.values()].reverse();
    const seen = new Set(unwritten.map((decision) => decision.id));
    const all = [...unwritten, ...stored.filter((decision) => !seen.has(decision.id))];
    return all.slice(0, limit).map((decision) => this.#placed(decision));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    const waiting = Math.max(this.#decisions.size, this.#placements.size);
    for (let left = waiting; left > 0; left -= mostPerWrite) await this.#write();
  }

  #placed(decision: Decision): Decision {
    const waiting = this.#placements.get(decision.id);
    return waiting === undefined ? decision : { ...decision, placement: waiting.placement };
  }

  async #write(): Promise<void> {
    try {
      await this.#writeDecisions();
      await this.#writePlacements();
      if (this.#saidMilliseconds === undefined) return;
      this.#saidMilliseconds = undefined;
      this.#logger.info({ dropped: this.dropped }, 'decisions are recorded again');
    } catch (error) {
      this.#saySometimes(error);
    }
  }

  /** Once, and then once a minute: a full disk may stay full for days, and the log may be on it. */
  #saySometimes(error: unknown): void {
    const now = monotonicMilliseconds();
    if (this.#saidMilliseconds !== undefined && now - this.#saidMilliseconds < sayMilliseconds) return;
    this.#saidMilliseconds = now;
    const { waiting, dropped } = this;
    const fields = { error: redactedError(error), waiting, placements: this.#placements.size, dropped };
    this.#logger.error(fields, 'decisions could not be recorded; will try again');
  }

  async #writeDecisions(): Promise<void> {
    const batch = [...this.#decisions.values()].slice(0, mostPerWrite);
    if (batch.length === 0) return;
    const placements = batch.map(({ id }) => this.#placements.get(id));
    await this.#knowledge.recordDecisions(batch.map((decision) => this.#placed(decision)));
    // What came meanwhile under the same id is still to be written.
    for (const [index, decision] of batch.entries()) {
      if (this.#decisions.get(decision.id) === decision) this.#decisions.delete(decision.id);
      this.#settle(decision.id, placements[index]);
    }
  }

  async #writePlacements(): Promise<void> {
    const batch = [...this.#placements].filter(([id]) => !this.#decisions.has(id)).slice(0, mostPerWrite);
    const found: Decision[] = [];
    for (const [id, waiting] of batch) {
      const decision = await this.#knowledge.decision(id);
      if (decision !== undefined) found.push({ ...decision, placement: waiting.placement });
      else this.#wait(id, waiting);
    }
    if (found.length === 0) return;
    await this.#knowledge.recordDecisions(found);
    const written = new Set(found.map((decision) => decision.id));
    for (const [id, waiting] of batch) if (written.has(id)) this.#settle(id, waiting);
  }

  /** Not there (yet): to the end of the queue, for so many tries. */
  #wait(id: string, waiting: WaitingPlacement): void {
    waiting.tries += 1;
    this.#settle(id, waiting);
    if (this.#placements.has(id)) return;
    if (waiting.tries < mostTries) this.#placements.set(id, waiting);
    else this.dropped += 1;
  }

  #settle(id: string, waiting: WaitingPlacement | undefined): void {
    if (waiting !== undefined && this.#placements.get(id) === waiting) this.#placements.delete(id);
  }
}
