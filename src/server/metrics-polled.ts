import { Counter, Gauge, type Registry } from 'prom-client';
import type { KindCounts } from '../cluster/cluster-state.ts';
import type { RepairCounts } from '../collect/repair.ts';
import { type Logger, redactedError } from '../core/log.ts';
import type { Resource } from '../core/resource.ts';
import type { StorageReport } from '../storage/storage-report.ts';
import type { StorageState } from '../storage/storage-state.ts';
import type { ModelCacheCounts } from '../train/model-cache.ts';

/** Where numbers are read from at each scrape. What is left out, or knows nothing yet, gives no samples. */
export interface MetricSources {
  readonly version: string;
  readonly outlook?: () => OutlookNumbers | undefined;
  readonly cache?: () => ModelCacheCounts & { readonly bytes: number; readonly size: number };
  readonly trainer?: () => TrainerNumbers | undefined;
  readonly repairs?: () => RepairCounts | undefined;
  /** Failed reads by kind of source: prometheus, trace, … */
  readonly sourceErrors?: () => Readonly<Record<string, number>>;
  readonly realisedRisk?: () => readonly RealisedNumbers[];
  readonly certificateExpirySeconds?: () => number | undefined;
  /** By kind of object: ClusterState.counts. */
  readonly watches?: () => Readonly<Record<string, KindCounts>>;
  /** What was given up because it could not be written in time, by kind: decisions, events. */
  readonly dropped?: () => Readonly<Record<string, number>>;
  /** Decisions that are in memory alone. */
  readonly waitingDecisions?: () => number;
  /** Disks and plans; undefined where storage is not configured. */
  readonly disks?: () => Pick<StorageReport, 'disks' | 'plans'> | undefined;
  /** undefined where storage is not configured. */
  readonly storage?: () => { readonly state: StorageState | undefined; readonly nowSeconds: number } | undefined;
}

export interface OutlookNumbers {
  readonly version: number;
  readonly ageSeconds: number;
  readonly containers: number;
  readonly nodes: number;
}

export interface TrainerNumbers {
  readonly trainedToSeconds: number | undefined;
  readonly steps: number;
  readonly failures: number;
  readonly series: number;
}

/** How often a promise was kept: `exceeded` of `measured` windows (cpu) or container-days (memory) were above what was forecast at risk `promised`. */
export interface RealisedNumbers {
  readonly resource: Resource;
  readonly promised: number;
  readonly exceeded: number;
  readonly measured: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

export interface Polled {
  readonly type: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly read: () => readonly Sample[];
}

/** Registers what is read at each scrape. A source that throws leaves its own metrics out, and the log says why. */
export function registerPolled(registry: Registry, all: readonly Polled[], logger: Logger): void {
  for (const polled of all) register(registry, polled, logger);
}

/** What is read from the parts of a service. */
export function polledMetrics(sources: MetricSources): readonly Polled[] {
  return [
    ...processMetrics(sources),
    ...outlookMetrics(sources),
    ...cacheMetrics(sources),
    ...trainingMetrics(sources),
    ...riskMetrics(sources),
    ...watchMetrics(sources),
  ];
}

function processMetrics({ version, certificateExpirySeconds, dropped, waitingDecisions }: MetricSources): Polled[] {
  return [
    gauge('barograph_build_info', 'The version that runs; always 1', ['version'], () => [
      { labels: { version }, value: 1 },
    ]),
    gauge('barograph_certificate_expiry_timestamp_seconds', 'When the serving certificate ends, unix time', [], () =>
      one(certificateExpirySeconds?.()),
    ),
    counter('barograph_dropped_total', 'Records given up because they could not be written in time', ['kind'], () =>
      by('kind', dropped?.()),
    ),
    gauge('barograph_decisions_waiting', 'Decisions that are not written to the knowledge base yet', [], () =>
      one(waitingDecisions?.()),
    ),
  ];
}

function outlookMetrics({ outlook }: MetricSources): Polled[] {
  return [
    gauge('barograph_outlook_age_seconds', 'Time since the newest measurement in the Outlook that is served', [], () =>
      one(outlook?.()?.ageSeconds),
    ),
    gauge('barograph_outlook_version', 'Version of the Outlook that is served', [], () => one(outlook?.()?.version)),
    gauge('barograph_outlook_containers', 'Containers that have a forecast', [], () => one(outlook?.()?.containers)),
    gauge('barograph_outlook_nodes', 'Nodes that have a forecast', [], () => one(outlook?.()?.nodes)),
  ];
}

function cacheMetrics({ cache }: MetricSources): Polled[] {
  return [
    counter('barograph_model_cache_hits_total', 'Look-ups that found a forecast', [], () => one(cache?.().hits)),
    counter('barograph_model_cache_misses_total', 'Look-ups that found none', [], () => one(cache?.().misses)),
    counter('barograph_model_cache_stale_total', 'Hits on a forecast that was out of date', [], () =>
      one(cache?.().stale),
    ),
    counter('barograph_model_cache_refreshes_total', 'Reads from the knowledge base', [], () =>
      one(cache?.().refreshes),
    ),
    counter('barograph_model_cache_failures_total', 'Reads that failed', [], () => one(cache?.().failures)),
    counter('barograph_model_cache_evictions_total', 'Forecasts put out for lack of room', [], () =>
      one(cache?.().evictions),
    ),
    gauge('barograph_model_cache_bytes', 'Bytes of the forecasts in memory, about', [], () => one(cache?.().bytes)),
    gauge('barograph_model_cache_forecasts', 'Forecasts in memory', [], () => one(cache?.().size)),
  ];
}

function trainingMetrics({ trainer, repairs, sourceErrors }: MetricSources): Polled[] {
  return [
    gauge('barograph_trainer_trained_to_timestamp_seconds', 'Newest measurement in the models, unix time', [], () =>
      one(trainer?.()?.trainedToSeconds),
    ),
    counter('barograph_trainer_steps_total', 'Steps trained', [], () => one(trainer?.()?.steps)),
    counter('barograph_trainer_failures_total', 'Steps that failed and are tried again', [], () =>
      one(trainer?.()?.failures),
    ),
    gauge('barograph_trainer_series', 'Series that have a model', [], () => one(trainer?.()?.series)),
    counter('barograph_repairs_total', 'Samples that were repaired or left out, by what was wrong', ['kind'], () =>
      by('kind', { ...repairs?.() }),
    ),
    counter('barograph_source_errors_total', 'Reads of a source of measurements that failed', ['source'], () =>
      by('source', sourceErrors?.()),
    ),
  ];
}

function riskMetrics({ realisedRisk }: MetricSources): Polled[] {
  const each = (value: (numbers: RealisedNumbers) => number | undefined): Sample[] =>
    (realisedRisk?.() ?? []).map((numbers) => ({
      labels: { resource: numbers.resource, promised: String(numbers.promised) },
      value: value(numbers),
    }));
  const labels = ['resource', 'promised'];
  return [
    gauge('barograph_exceedance_promised_ratio', 'A risk that forecasts promise, as a share of 1', labels, () =>
      each(({ promised }) => promised),
    ),
    gauge('barograph_exceedance_realised_ratio', 'How often demand was above the forecast at that risk', labels, () =>
      each(({ exceeded, measured }) => (measured > 0 ? exceeded / measured : undefined)),
    ),
    gauge(
      'barograph_exceedance_measured',
      'Windows (cpu) or container-days (memory) that the realised ratio is taken over',
      labels,
      () => each(({ measured }) => measured),
    ),
  ];
}

function watchMetrics({ watches }: MetricSources): Polled[] {
  const each = (value: (counts: KindCounts) => number): Sample[] =>
    Object.entries(watches?.() ?? {}).map(([kind, counts]) => ({
      labels: { kind: kebab(kind) },
      value: value(counts),
    }));
  const labels = ['kind'];
  return [
    gauge('barograph_watch_synced', '1 when a kind of object was listed', labels, () =>
      each(({ synced }) => Number(synced)),
    ),
    gauge('barograph_watch_objects', 'Objects in memory', labels, () => each(({ items }) => items)),
    counter('barograph_watch_lists_total', 'Lists read to their end', labels, () => each(({ lists }) => lists)),
    counter('barograph_watch_relists_total', 'Lists after the first: a watch could not go on', labels, () =>
      each(({ relists }) => relists),
    ),
    counter('barograph_watch_starts_total', 'Watches that were opened', labels, () =>
      each(({ watches: started }) => started),
    ),
    counter('barograph_watch_events_total', 'Events taken in', labels, () => each(({ events }) => events)),
    counter('barograph_watch_errors_total', 'Lists, watches and objects that failed', labels, () =>
      each(({ errors }) => errors),
    ),
  ];
}

export function gauge(name: string, help: string, labelNames: readonly string[], read: Polled['read']): Polled {
  return { type: 'gauge', name, help, labelNames, read };
}

export function counter(name: string, help: string, labelNames: readonly string[], read: Polled['read']): Polled {
  return { type: 'counter', name, help, labelNames, read };
}

function one(value: number | undefined): Sample[] {
  return [{ labels: {}, value }];
}

function by(label: string, values: Readonly<Record<string, number>> | undefined): Sample[] {
  return Object.entries(values ?? {}).map(([key, value]) => ({ labels: { [label]: kebab(key) }, value }));
}

/** Values of labels are written like `out-of-order`, whatever the field behind them is called. */
function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function register(registry: Registry, { type, name, help, labelNames, read }: Polled, logger: Logger): void {
  const known = (): Sample[] => {
    try {
      return read().filter(({ value }) => value !== undefined && Number.isFinite(value));
    } catch (error) {
      logger.error({ metric: name, error: redactedError(error) }, 'a metric could not be read');
      return [];
    }
  };
  const options = { name, help, labelNames: [...labelNames], registers: [registry] };
  if (type === 'gauge') {
    const metric: Gauge = new Gauge({
      ...options,
      collect: () => {
        forget(metric, labelNames);
        for (const { labels, value } of known()) metric.set(labels, value ?? 0);
      },
    });
  } else {
    const metric: Counter = new Counter({
      ...options,
      collect: () => {
        forget(metric, labelNames);
        for (const { labels, value } of known()) metric.inc(labels, value ?? 0);
      },
    });
  }
}

// reset() alone leaves a 0 on a metric without labels, and an unknown age is not an age of 0.
function forget(metric: Gauge | Counter, labelNames: readonly string[]): void {
  metric.reset();
  if (labelNames.length === 0) metric.remove({});
}
