import type { Clock } from '../core/clock.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import type { Source, UsageBatch } from './source.ts';
import { cut, endedPart, StretchLength } from './stretch.ts';
import { traceBatch } from './trace-batch.ts';
import { traceVersion } from './trace-files.ts';
import { indexTraces, readBlock, type TraceBlock, type TraceIndex } from './trace-index.ts';
import type { TraceRow } from './trace-row.ts';

export interface TraceSourceOptions {
  /** A trace file, or a folder of them. */
  readonly path: string;
  readonly clock: Clock;
  /** About how many rows are in memory at once. */
  readonly targetRows?: number;
}

const secondsADay = 86_400;
const mostHeldBytes = 32 * 2 ** 20;

/**
 * Usage from trace files, on the times that they say. They are indexed at the first read, and again when they change. Steps that have not ended yet by
 * the clock are left out. Throws TRACE_INVALID when a row cannot be read.
 */
export function createTraceSource(options: TraceSourceOptions): Source {
  return new TraceSource(options);
}

class TraceSource implements Source {
  readonly kind = 'trace';
  readonly #options: TraceSourceOptions;
  #index: { readonly version: string; readonly index: TraceIndex } | undefined;
  /** The rows of the stretch before: a step later, most blocks are the same. */
  #held = new Map<TraceBlock, readonly TraceRow[]>();

  constructor(options: TraceSourceOptions) {
    this.#options = options;
  }

  async *read(range: TimeRange, signal?: AbortSignal): AsyncGenerator<UsageBatch> {
    const { clock, targetRows = 400_000 } = this.#options;
    const length = new StretchLength(targetRows, secondsADay / 4 / range.stepSeconds, secondsADay / range.stepSeconds);
    let rest = endedPart(range, clock.nowSeconds());
    const { blocks } = await this.#indexed();
    while (stepCount(rest) > 0) {
      signal?.throwIfAborted();
      const [head, tail] = cut(rest, length.steps);
      const rows = await this.#rowsOf(blocks, head);
      length.learn(stepCount(head), rows.length, false);
      yield traceBatch(rows, head);
      rest = tail;
    }
  }

  async close(): Promise<void> {
    this.#index = undefined;
    this.#held.clear();
  }

  async #indexed(): Promise<TraceIndex> {
    const { path } = this.#options;
    const version = await traceVersion(path);
    if (this.#index?.version === version) return this.#index.index;
    this.#held.clear();
    const index = await indexTraces(path);
    this.#index = { version, index };
    return index;
  }

  async #rowsOf(blocks: readonly TraceBlock[], { startSeconds, endSeconds }: TimeRange): Promise<TraceRow[]> {
    const rows: TraceRow[] = [];
    const held = new Map<TraceBlock, readonly TraceRow[]>();
    let heldBytes = 0;
    for (const block of blocks) {
      // Blocks are sorted by their first time.
      if (block.fromSeconds > endSeconds) break;
      if (block.toSeconds <= startSeconds) continue;
      const all = this.#held.get(block) ?? (await readBlock(block));
      for (const row of all) if (row.timeSeconds > startSeconds && row.timeSeconds <= endSeconds) rows.push(row);
      heldBytes += block.bytes;
      if (heldBytes <= mostHeldBytes) held.set(block, all);
    }
    this.#held = held;
    return rows;
  }
}
