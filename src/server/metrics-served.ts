import { Histogram, type Registry } from 'prom-client';
import { extenderOutcomes, extenderVerbs } from '../extender/outcomes.ts';
import { counter, gauge, type Polled, type Sample } from './metrics-polled.ts';
import { connectionErrorKinds, countsAt, latencySeconds, statusClasses, type ThreadCounts } from './thread-counts.ts';

/** Reads a number of all threads together. */
type Sum = (at: number) => number;

/** What all serving threads counted, as metrics. */
export function servedMetrics(counts: readonly ThreadCounts[]): readonly Polled[] {
  const sum: Sum = (at) => counts.reduce((total, { numbers }) => total + (numbers[at] ?? 0), 0);
  const endpoints = (): readonly string[] => counts[0]?.endpoints ?? [];
  return [
    counter(
      'barograph_extender_calls_total',
      'Calls of the scheduler extender by verb and outcome',
      ['verb', 'outcome'],
      () =>
        extenderVerbs.flatMap((verb) =>
          extenderOutcomes.flatMap((outcome) => counted({ verb, outcome }, sum(countsAt.extender(verb, outcome)))),
        ),
    ),
    gauge('barograph_requests_in_flight', 'Requests that are being received or answered', ['endpoint'], () =>
      endpoints().flatMap((endpoint, place) =>
        isUsed(sum, place) ? [{ labels: { endpoint }, value: sum(countsAt.inFlight(place)) }] : [],
      ),
    ),
    gauge('barograph_connections', 'Open TLS connections', [], () => [
      { labels: {}, value: sum(countsAt.connections) },
    ]),
    counter(
      'barograph_connection_errors_total',
      'Connections on which no request could be read, by kind (tls, timeout, too-large, too-many, malformed)',
      ['kind'],
      () => connectionErrorKinds.flatMap((kind) => counted({ kind }, sum(countsAt.error(kind)))),
    ),
  ];
}

function counted(labels: Readonly<Record<string, string>>, value: number): Sample[] {
  return value === 0 ? [] : [{ labels, value }];
}

function isUsed(sum: Sum, place: number): boolean {
  return sum(countsAt.inFlight(place)) > 0 || statusClasses.some((status) => countOf(sum, place, status) > 0);
}

function countOf(sum: Sum, place: number, status: (typeof statusClasses)[number]): number {
  const at = countsAt.durations(place, status);
  return Array.from({ length: latencySeconds.length + 1 }, (_, bucket) => sum(at + bucket)).reduce((a, b) => a + b);
}

interface Line {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

const durationName = 'barograph_request_duration_seconds';
const durationHelp = 'Time from the head of a request to the end of its answer, by endpoint and class of status';

/** A histogram whose buckets are counted elsewhere: prom-client has no way to be given them. */
class DurationHistogram extends Histogram {
  readonly #counts: readonly ThreadCounts[];

  constructor(registry: Registry, counts: readonly ThreadCounts[]) {
    const labelNames = ['endpoint', 'status'];
    super({ name: durationName, help: durationHelp, labelNames, buckets: latencySeconds, registers: [registry] });
    this.#counts = counts;
  }

  /** What both the registry and get() read. */
  async getForPromString(): Promise<object> {
    const values = durationLines(durationName, this.#counts);
    return { name: durationName, help: durationHelp, type: 'histogram', aggregator: 'sum', values };
  }
}

export function registerDurations(registry: Registry, counts: readonly ThreadCounts[]): void {
  new DurationHistogram(registry, counts);
}

function durationLines(name: string, counts: readonly ThreadCounts[]): readonly Line[] {
  const sum: Sum = (at) => counts.reduce((total, { numbers }) => total + (numbers[at] ?? 0), 0);
  return (counts[0]?.endpoints ?? []).flatMap((endpoint, place) =>
    statusClasses.flatMap((status) => {
      if (countOf(sum, place, status) === 0) return [];
      const at = countsAt.durations(place, status);
      const labels = { endpoint, status };
      let below = 0;
      const buckets = [...latencySeconds, Number.POSITIVE_INFINITY].map((bound, bucket) => {
        below += sum(at + bucket);
        return {
          metricName: `${name}_bucket`,
          labels: { le: bound === Number.POSITIVE_INFINITY ? '+Inf' : bound, ...labels },
          value: below,
        };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum(at + latencySeconds.length + 1) },
        { metricName: `${name}_count`, labels, value: below },
      ];
    }),
  );
}
