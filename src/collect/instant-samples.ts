import { BarographError } from '../core/errors.ts';
import { seriesOf } from './prometheus-answer.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { fillIn } from './prometheus-queries.ts';
import type { MetricSample } from './smart/metrics-text.ts';

export interface InstantQuestion {
  /** PromQL; `$selector` stands for the matchers of the configuration. */
  readonly query: string;
  readonly selector: string;
  /** Unix seconds. */
  readonly timeSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/** The values of a query at one time, as samples with their metric's name. Throws SOURCE_UNAVAILABLE, SOURCE_LIMIT. */
export async function instantSamples(
  client: PrometheusClient,
  { query, selector, timeSeconds, signal }: InstantQuestion,
): Promise<readonly MetricSample[]> {
  const form = { query: withSelector(query, selector), time: String(timeSeconds) };
  const reply = await client.ask({ path: 'api/v1/query', form, isDivisible: false }, signal);
  if (reply.kind === 'too-large') {
    const message = `expected ${client.address} to answer for one moment, received ${reply.reason}`;
    throw new BarographError('SOURCE_LIMIT', message);
  }
  const series = seriesOf(reply.data);
  if (series === undefined) {
    throw new BarographError('SOURCE_UNAVAILABLE', `expected a vector of ${client.address}, received something else`);
  }
  return series.flatMap(({ labels, samples: [first] }) =>
    first === undefined ? [] : [{ name: labels.__name__ ?? '', labels, value: first[1] }],
  );
}

function withSelector(query: string, selector: string): string {
  return fillIn(query, {
    selector,
    namespaces: undefined,
    stepSeconds: 1,
    scrapeSeconds: undefined,
    windowSeconds: 1,
  });
}
