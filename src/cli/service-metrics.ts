import { X509Certificate } from 'node:crypto';
import { monotonicMilliseconds } from '../core/clock.ts';
import type { MetricSources } from '../server/metrics.ts';
import { packageVersion } from './package-version.ts';
import type { Parts } from './parts.ts';
import { storageOf } from './service-api.ts';

/** Where the metrics are read from, in the parts of a service. */
export function metricSourcesOf(parts: Parts): MetricSources {
  const { config, clock, cache, outlook, cluster, recorder, events } = parts;
  return {
    version: packageVersion(),
    outlook: () => {
      const held = outlook.outlook;
      if (held === undefined) return undefined;
      const ageSeconds = clock.nowSeconds() - held.dataSeconds;
      return { version: held.version, ageSeconds, containers: held.containers, nodes: held.nodes.names.length };
    },
    cache: () => ({ ...cache.counts, bytes: cache.bytes, size: cache.size }),
    trainer: () => {
      const status = parts.trainer?.status;
      if (status === undefined) return undefined;
      const { trainedToSeconds, steps, failures, containers, nodes } = status;
      return {
        trainedToSeconds,
        steps,
        failures: Object.values(failures).reduce((sum, count) => sum + count, 0),
        series: containers + nodes,
      };
    },
    repairs: () => parts.trainer?.status?.repairs,
    sourceErrors: () => ({
      [config.source.kind]: parts.trainer?.status?.failures.source ?? 0,
      ...(parts.storage === undefined ? {} : { storage: parts.storage.keeper.failures }),
    }),
    realisedRisk: () => parts.trainer?.status?.realised ?? [],
    certificateExpirySeconds: () =>
      new X509Certificate(parts.certificates.serving.certificate).validToDate.getTime() / 1000,
    watches: () => ({ ...cluster?.counts, ...parts.storage?.objects?.counts }),
    disks: heldFor(reportMilliseconds, () => storageOf(parts)),
    storage: () => parts.storage && { state: parts.storage.keeper.state, nowSeconds: clock.nowSeconds() },
    dropped: () => ({ decisions: recorder.dropped, events: events.dropped }),
    waitingDecisions: () => recorder.waiting,
  };
}

/** Several metrics of one scrape are of one report. */
const reportMilliseconds = 1000;

function heldFor<T>(milliseconds: number, make: () => T): () => T {
  let held: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const now = monotonicMilliseconds();
    if (held === undefined || now - held.at > milliseconds) held = { value: make(), at: now };
    return held.value;
  };
}
