import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { UnchangedReason } from '../core/decision.ts';
import type { Logger } from '../core/log.ts';
import type { ExtenderOutcome, ExtenderVerb } from '../extender/extender.ts';
import { type MetricSources, registerPolled } from './metrics-polled.ts';

export type { MetricSources } from './metrics-polled.ts';

export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'aborted';
export type AccessResult = 'allowed' | 'unauthenticated' | 'forbidden' | 'unavailable';
export type ConnectionErrorKind = 'tls' | 'timeout' | 'too-large' | 'too-many' | 'malformed';

/** What code counts as it happens; what can be read from elsewhere is read at each scrape (MetricSources). docs/metrics.md lists all; a test compares. */
export interface Metrics {
  readonly registry: Registry;
  countDecision(outcome: 'enforced' | 'observed' | 'unchanged', reason: UnchangedReason | ''): void;
  countExtender(verb: ExtenderVerb, outcome: ExtenderOutcome): void;
  /** `endpoint` is one of endpoints.ts or 'other', never a path as it came. */
  requestBegan(endpoint: string): void;
  requestEnded(endpoint: string, status: StatusClass, seconds: number): void;
  countAccess(result: AccessResult): void;
  connectionOpened(): void;
  connectionClosed(): void;
  countConnectionError(kind: ConnectionErrorKind): void;
}

// From what an admission costs to the longest time-out of a webhook.
const latencySeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

// To count these, every scrape would go through each open connection; and gauges called _total are what Prometheus' own linter refuses.
const leftOut = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** Makes every metric of the server in a registry of its own, those of the process too. */
export function createMetrics(registry: Registry, sources: MetricSources, logger: Logger): Metrics {
  collectDefaultMetrics({ register: registry });
  for (const name of leftOut) registry.removeSingleMetric(name);
  registerPolled(registry, sources, logger);
  const registers = [registry];
  const decisions = new Counter({
    name: 'barograph_decisions_total',
    help: 'Decisions on pods by outcome (enforced, observed, unchanged) and, where unchanged, the reason',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const extender = new Counter({
    name: 'barograph_extender_calls_total',
    help: 'Calls of the scheduler extender by verb and outcome',
    labelNames: ['verb', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'barograph_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer, by endpoint and class of status',
    labelNames: ['endpoint', 'status'],
    buckets: latencySeconds,
    registers,
  });
  const inFlight = new Gauge({
    name: 'barograph_requests_in_flight',
    help: 'Requests that are being received or answered',
    labelNames: ['endpoint'],
    registers,
  });
  const access = new Counter({
    name: 'barograph_access_checks_total',
    help: 'Checks of who may read the API, by result (allowed, unauthenticated, forbidden, unavailable)',
    labelNames: ['result'],
    registers,
  });
  const connections = new Gauge({ name: 'barograph_connections', help: 'Open TLS connections', registers });
  const connectionErrors = new Counter({
    name: 'barograph_connection_errors_total',
    help: 'Connections on which no request could be read, by kind (tls, timeout, too-large, too-many, malformed)',
    labelNames: ['kind'],
    registers,
  });
  return {
    registry,
    countDecision: (outcome, reason) => decisions.inc({ outcome, reason }),
    countExtender: (verb, outcome) => extender.inc({ verb, outcome }),
    requestBegan: (endpoint) => inFlight.inc({ endpoint }),
    requestEnded: (endpoint, status, seconds) => {
      inFlight.dec({ endpoint });
      durations.observe({ endpoint, status }, seconds);
    },
    countAccess: (result) => access.inc({ result }),
    connectionOpened: () => connections.inc(),
    connectionClosed: () => connections.dec(),
    countConnectionError: (kind) => connectionErrors.inc({ kind }),
  };
}
