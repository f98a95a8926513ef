import { type ExtenderOutcome, type ExtenderVerb, extenderOutcomes, extenderVerbs } from '../extender/outcomes.ts';

export const statusClasses = ['2xx', '3xx', '4xx', '5xx', 'aborted'] as const;
export type StatusClass = (typeof statusClasses)[number];

export const connectionErrorKinds = ['tls', 'timeout', 'too-large', 'too-many', 'malformed'] as const;
export type ConnectionErrorKind = (typeof connectionErrorKinds)[number];

/** From what an admission costs to the longest time-out of a webhook. */
export const latencySeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

/** What one thread counts as it serves: numbers in shared memory, that the thread alone adds to and any may read. */
export interface ThreadCounts {
  readonly numbers: Float64Array;
  /** Endpoints by their place; `other` is the first. All threads of a server count in the same order. */
  readonly endpoints: readonly string[];
}

/** Hot routes of one's own are rare: what finds no place is counted under `other`. */
const mostEndpoints = 64;

// Of an endpoint: requests in flight, then for each class of status the buckets, one for what is beyond them, and the sum of seconds.
const perStatus = latencySeconds.length + 2;
const perEndpoint = 1 + statusClasses.length * perStatus;
const errorsAt = 1;
const extenderAt = errorsAt + connectionErrorKinds.length;
const endpointsAt = extenderAt + extenderVerbs.length * extenderOutcomes.length;
const length = endpointsAt + mostEndpoints * perEndpoint;

export function createCounts(endpoints: readonly string[]): ThreadCounts {
  const all = ['other', ...endpoints.filter((endpoint) => endpoint !== 'other')].slice(0, mostEndpoints);
  return { numbers: new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT)), endpoints: all };
}

/** Where each number stands. */
export const countsAt = {
  connections: 0,
  error: (kind: ConnectionErrorKind): number => errorsAt + connectionErrorKinds.indexOf(kind),
  extender: (verb: ExtenderVerb, outcome: ExtenderOutcome): number =>
    extenderAt + extenderVerbs.indexOf(verb) * extenderOutcomes.length + extenderOutcomes.indexOf(outcome),
  inFlight: (endpoint: number): number => endpointsAt + endpoint * perEndpoint,
  /** The first bucket of an endpoint and class of status; latencySeconds.length + 1 behind it is the sum of seconds. */
  durations: (endpoint: number, status: StatusClass): number =>
    endpointsAt + endpoint * perEndpoint + 1 + statusClasses.indexOf(status) * perStatus,
};

/** Counts what a server does. */
export class ThreadMeter {
  readonly #numbers: Float64Array;
  readonly #places: ReadonlyMap<string, number>;

  constructor({ numbers, endpoints }: ThreadCounts) {
    this.#numbers = numbers;
    this.#places = new Map(endpoints.map((endpoint, place) => [endpoint, place]));
  }

  countExtender(verb: ExtenderVerb, outcome: ExtenderOutcome): void {
    this.#add(countsAt.extender(verb, outcome), 1);
  }

  /** `endpoint` is one of endpoints.ts or 'other', never a path as it came. */
  requestBegan(endpoint: string): void {
    this.#add(countsAt.inFlight(this.#placeOf(endpoint)), 1);
  }

  requestEnded(endpoint: string, status: StatusClass, seconds: number): void {
    const place = this.#placeOf(endpoint);
    this.#add(countsAt.inFlight(place), -1);
    const at = countsAt.durations(place, status);
    let bucket = 0;
    while (seconds > (latencySeconds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    this.#add(at + bucket, 1);
    this.#add(at + latencySeconds.length + 1, seconds);
  }

  connectionOpened(): void {
    this.#add(countsAt.connections, 1);
  }

  connectionClosed(): void {
    this.#add(countsAt.connections, -1);
  }

  countConnectionError(kind: ConnectionErrorKind): void {
    this.#add(countsAt.error(kind), 1);
  }

  #placeOf(endpoint: string): number {
    return this.#places.get(endpoint) ?? 0;
  }

  #add(at: number, value: number): void {
    this.#numbers[at] = (this.#numbers[at] ?? 0) + value;
  }
}

/** What a thread that is gone left open. */
export function forgetOpen({ numbers, endpoints }: ThreadCounts): void {
  numbers[countsAt.connections] = 0;
  for (const place of endpoints.keys()) numbers[countsAt.inFlight(place)] = 0;
}
