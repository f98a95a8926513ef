import type { Exchanged } from './prometheus-exchange.ts';
import type { Sample } from './usage-grid.ts';

/** One series of an answer. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/**
 * What an answer means for who asked: `data`; `too-large`: ask for less; `slow`: ask for less, or again; `again`: the server is not well, ask later;
 * `refused`: asking again cannot help.
 */
export type Outcome =
  | { readonly kind: 'data'; readonly data: unknown; readonly warnings: readonly string[] }
  | { readonly kind: 'too-large'; readonly reason: string }
  | { readonly kind: 'slow'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string; readonly afterSeconds: number; readonly cause?: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

// What Prometheus, Thanos, Mimir, Cortex and VictoriaMetrics say when an answer would be larger than they allow.
const limitTexts =
  /too many samples|maximum resolution|exceed\w*.{0,60}(limit|maximum)|(limit|maximum).{0,60}exceed|hit the max|cannot select more than|the number of matching timeseries exceeds|max-?samples|err-mimir-max/i;
const transientStatuses: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

export function outcomeOf(exchanged: Exchanged): Outcome {
  if (exchanged.kind === 'oversized') return { kind: 'too-large', reason: 'the answer is larger than is read at once' };
  if (exchanged.kind === 'silent') return { kind: 'slow', reason: 'no whole answer in time' };
  if (exchanged.kind === 'failed') {
    return { kind: 'again', reason: 'no answer', afterSeconds: 0, cause: exchanged.cause };
  }
  return answered(exchanged.status, exchanged.text, exchanged.retryAfterSeconds);
}

function answered(status: number, text: string, afterSeconds: number): Outcome {
  const answer = parseObject(text);
  if (status === 200 && answer?.status === 'success') {
    return { kind: 'data', data: answer.data, warnings: strings(answer.warnings) };
  }
  const said = typeof answer?.error === 'string' ? answer.error : text;
  const reason = `status ${status}: ${said.slice(0, 300).trim() || 'empty'}`;
  if (status >= 300 && status < 400) return { kind: 'refused', reason: `status ${status}: redirects are not followed` };
  if (status === 413 || limitTexts.test(said)) return { kind: 'too-large', reason };
  if (answer?.errorType === 'timeout' || status === 504) return { kind: 'slow', reason };
  if (transientStatuses.includes(status)) return { kind: 'again', reason, afterSeconds };
  // A proxy's page, or half an answer.
  if (status === 200) return { kind: 'again', reason: `not an answer of the Prometheus API: ${reason}`, afterSeconds };
  return { kind: 'refused', reason };
}

/** The series of a matrix or vector; undefined when the data is neither. Series and samples that are malformed make the whole malformed. */
export function seriesOf(data: unknown): Series[] | undefined {
  if (!isObject(data) || !Array.isArray(data.result)) return undefined;
  if (data.resultType !== 'matrix' && data.resultType !== 'vector') return undefined;
  const all: Series[] = [];
  for (const entry of data.result as unknown[]) {
    const series = oneSeries(entry);
    if (series === undefined) return undefined;
    all.push(series);
  }
  return all;
}

/** The texts of a label-values answer; undefined when it is none. */
export function stringsOf(data: unknown): string[] | undefined {
  return Array.isArray(data) && data.every((value) => typeof value === 'string') ? data : undefined;
}

function oneSeries(entry: unknown): Series | undefined {
  if (!isObject(entry) || !isObject(entry.metric)) return undefined;
  const values: unknown = entry.values ?? (entry.value === undefined ? [] : [entry.value]);
  if (!Array.isArray(values)) return undefined;
  const samples: Sample[] = [];
  for (const pair of values as unknown[]) {
    if (!Array.isArray(pair) || typeof pair[0] !== 'number' || typeof pair[1] !== 'string') return undefined;
    // "+Inf" reads as NaN: both are not finite, and that is all that matters.
    samples.push([pair[0], Number(pair[1])]);
  }
  return { labels: entry.metric as Record<string, string>, samples };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
