import type { Clock } from '../../core/clock.ts';
import type { NodeDisksConfig } from '../../core/config.ts';
import { BarographError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type Series, seriesOf } from '../prometheus-answer.ts';
import { PrometheusClient } from '../prometheus-client.ts';
import { readSmartctlExporter } from '../smart/smartctl-exporter.ts';
import type { NodeDiskReading, NodeDiskSource } from './node-disk-source.ts';

export interface PrometheusDisksOptions {
  readonly config: Extract<NodeDisksConfig, { kind: 'prometheus' }>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, for waits. */
  readonly random: () => number;
}

const mostBytes = 256 * 2 ** 20;
/** What changes of counters are looked at over. */
const daysBefore = [30, 14, 7, 3, 1] as const;
const day = 86_400;
// A scrape of last month that is missing is no reason to wait.
const lookBehind = 3600;

/** The metrics of smartctl_exporter in a Prometheus: each machine by the label that names it. */
export function createPrometheusDisks({ config, clock, logger, random }: PrometheusDisksOptions): NodeDiskSource {
  const client = new PrometheusClient({ config, logger, maxAnswerBytes: mostBytes, random });
  const selector = ['__name__=~"smartctl_.+"', config.selector].filter(Boolean).join(',');
  let hasHistory = false;

  async function readAt(timeSeconds: number, query: string, signal?: AbortSignal): Promise<NodeDiskReading[]> {
    const form = { query, time: String(timeSeconds) };
    const reply = await client.ask({ path: 'api/v1/query', form, isDivisible: false }, signal);
    const series = reply.kind === 'data' ? seriesOf(reply.data) : undefined;
    if (series === undefined) {
      const received = reply.kind === 'data' ? 'something else' : reply.reason;
      throw new BarographError(
        'SOURCE_UNAVAILABLE',
        `${client.address}: expected smartctl's metrics, received ${received}`,
      );
    }
    return [...pagesOf(series, config.nodeLabel)].flatMap(([node, page]) =>
      readSmartctlExporter(page, timeSeconds).map((reading) => ({ node, reading: { ...reading, timeSeconds } })),
    );
  }

  return {
    kind: 'prometheus',
    async read(signal) {
      const now = Math.floor(clock.nowSeconds());
      const before: NodeDiskReading[] = [];
      for (const days of hasHistory ? [] : daysBefore) {
        const query = `last_over_time({${selector}}[${lookBehind}s])`;
        before.push(...(await readAt(now - days * day, query, signal)));
      }
      const newest = await readAt(now, `{${selector}}`, signal);
      hasHistory = true;
      return [...before, ...newest];
    },
    close: () => client.close(),
  };
}

/** By machine, what its exporter printed. */
function pagesOf(series: readonly Series[], nodeLabel: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string[]>();
  for (const { labels, samples } of series) {
    const node = nodeIn(labels, nodeLabel);
    const value = samples.at(-1)?.[1];
    if (node === undefined || value === undefined) continue;
    const lines = pages.get(node) ?? [];
    lines.push(lineOf(labels, value));
    pages.set(node, lines);
  }
  return new Map([...pages].map(([node, lines]) => [node, lines.join('\n')]));
}

/** `10.0.0.5:9633` is the machine 10.0.0.5. */
function nodeIn(labels: Readonly<Record<string, string>>, nodeLabel: string): string | undefined {
  const text = labels[nodeLabel];
  if (text === undefined || text === '') return undefined;
  return text.replace(/^\[(.+)\]:\d+$/, '$1').replace(/^([^:]+):\d+$/, '$1');
}

function lineOf({ __name__: name = '', ...labels }: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
