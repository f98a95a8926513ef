import { BarographError } from '../core/errors.ts';
import { stepCount, type TimeRange } from '../core/time-range.ts';
import { type Series, seriesOf, stringsOf } from './prometheus-answer.ts';
import type { ApiCall, PrometheusClient } from './prometheus-client.ts';
import { fillIn, hasSelector, namespaceMatch } from './prometheus-queries.ts';
import { cut } from './stretch.ts';

export interface Question {
  readonly query: string;
  /** `each-step` asks for a value at every step of the range; `at-end` once, at its end, with a window back to its start. */
  readonly kind: 'each-step' | 'at-end';
  readonly range: TimeRange;
  /** Whether it can be asked for some namespaces only; what is about nodes cannot. */
  readonly isByNamespace: boolean;
  /** How far a window reaches back before the range. */
  readonly marginSeconds?: number;
}

/** What all questions of a stretch have in common. */
export interface Asking {
  readonly client: PrometheusClient;
  readonly selector: string;
  readonly scrapeSeconds: number | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Answer {
  readonly series: Series[];
  /** Whether it had to be asked in parts. */
  readonly isSplit: boolean;
}

interface Part {
  readonly range: TimeRange;
  readonly namespaces: readonly string[] | undefined;
}

// Prometheus answers with at most 11,000 points of a series.
const mostSteps = 10_000;

/**
 * Asks a question whole and, where the server refuses that as too much, in halves: of the namespaces, then of the time, until every part is answered.
 * A series that spans parts comes back in pieces. Throws SOURCE_LIMIT when one namespace in one step is still too much.
 */
export async function askInParts(asking: Asking, question: Question): Promise<Answer> {
  const series: Series[] = [];
  const parts: Part[] = [{ range: question.range, namespaces: undefined }];
  let isSplit = false;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const answer = await askPart(asking, question, part);
    if (answer.kind === 'series') {
      for (const one of answer.series) series.push(one);
      continue;
    }
    isSplit = true;
    const halves = await halve(asking, question, part);
    if (halves === undefined) throw stillTooLarge(asking, part, answer.reason);
    // The last one in is the first one out: earlier times first.
    parts.push(halves[1], halves[0]);
  }
  return { series, isSplit };
}

async function askPart(
  asking: Asking,
  question: Question,
  part: Part,
): Promise<{ kind: 'series'; series: Series[] } | { kind: 'too-large'; reason: string }> {
  if (question.kind === 'each-step' && stepCount(part.range) > mostSteps) {
    return { kind: 'too-large', reason: `more than ${mostSteps} steps` };
  }
  const reply = await asking.client.ask(callOf(asking, question, part), asking.signal);
  if (reply.kind === 'too-large') return reply;
  const series = seriesOf(reply.data);
  if (series === undefined) throw malformed(asking, 'a matrix or a vector');
  return { kind: 'series', series };
}

function callOf(asking: Asking, question: Question, part: Part): ApiCall {
  const { query, kind, marginSeconds = 0 } = question;
  const { startSeconds, endSeconds, stepSeconds } = part.range;
  const filled = fillIn(query, {
    selector: asking.selector,
    namespaces: part.namespaces,
    stepSeconds,
    scrapeSeconds: asking.scrapeSeconds,
    windowSeconds: endSeconds - startSeconds + marginSeconds,
  });
  const isDivisible = stepCount(part.range) > 1 || (canNarrow(question) && part.namespaces?.length !== 1);
  if (kind === 'at-end') {
    return { path: 'api/v1/query', form: { query: filled, time: String(endSeconds) }, isDivisible };
  }
  const [start, end, step] = [startSeconds + stepSeconds, endSeconds, stepSeconds].map(String) as [
    string,
    string,
    string,
  ];
  return { path: 'api/v1/query_range', form: { query: filled, start, end, step }, isDivisible };
}

async function halve(asking: Asking, question: Question, part: Part): Promise<readonly [Part, Part] | undefined> {
  const namespaces = part.namespaces ?? (canNarrow(question) ? await listNamespaces(asking, part.range) : []);
  if (namespaces.length > 1) {
    const middle = Math.ceil(namespaces.length / 2);
    return [
      { ...part, namespaces: namespaces.slice(0, middle) },
      { ...part, namespaces: namespaces.slice(middle) },
    ];
  }
  const steps = stepCount(part.range);
  if (steps < 2) return undefined;
  const [earlier, later] = cut(part.range, Math.ceil(steps / 2));
  return [
    { ...part, range: earlier },
    { ...part, range: later },
  ];
}

function canNarrow({ query, isByNamespace }: Question): boolean {
  return isByNamespace && hasSelector(query);
}

/** The namespaces of containers; of all series where a user's own questions read others. */
async function listNamespaces(asking: Asking, range: TimeRange): Promise<readonly string[]> {
  const found = await namespacesOf(asking, range, namespaceMatch(asking.selector));
  return found.length > 0 ? found : namespacesOf(asking, range, undefined);
}

async function namespacesOf(asking: Asking, range: TimeRange, match: string | undefined): Promise<readonly string[]> {
  const query = new URLSearchParams({
    start: String(range.startSeconds - 3 * range.stepSeconds),
    end: String(range.endSeconds),
    ...(match && { 'match[]': match }),
  });
  const path = `api/v1/label/namespace/values?${query}`;
  const reply = await asking.client.ask({ path, isDivisible: false }, asking.signal);
  if (reply.kind === 'too-large') return [];
  const names = stringsOf(reply.data);
  if (names === undefined) throw malformed(asking, 'a list of texts');
  return names;
}

function stillTooLarge({ client }: Asking, { range, namespaces }: Part, reason: string): BarographError {
  const what =
    namespaces === undefined ? 'one step of all namespaces' : `one step of namespace ${namespaces.join(', ')}`;
  const message = `expected ${client.address} to answer for ${what} (at ${range.endSeconds}), received ${reason}`;
  return new BarographError('SOURCE_LIMIT', message);
}

function malformed({ client }: Asking, expected: string): BarographError {
  return new BarographError('SOURCE_UNAVAILABLE', `expected ${expected} of ${client.address}, received something else`);
}
