export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'warning' | 'info' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Each as docs/metrics.md has it; a test compares the two. Nothing is critical: pods are created and scheduled whatever happens to Barograph. */
const known: readonly (readonly [name: string, forTime: string, summary: string, expr: string])[] = [
  [
    'PodsUnchanged',
    '10m',
    'Pods keep what they ask for, as there is no fresh forecast or they cannot be read',
    'sum(rate(barograph_decisions_total{reason=~"outlook-stale|not-synced|unreadable"}[10m]))\n  / sum(rate(barograph_decisions_total[10m])) > 0.1',
  ],
  [
    'ExtenderCallsUnreadable',
    '10m',
    'kube-scheduler sends what the extender cannot read',
    'sum(rate(barograph_extender_calls_total{outcome="invalid"}[10m])) > 0',
  ],
  [
    'ClaimsKeepClass',
    '15m',
    'Claims that ask for the best class get none: no candidate fits them',
    'sum(rate(barograph_claims_total{reason=~"no-candidate|not-synced"}[15m]))\n  / sum(rate(barograph_claims_total[15m])) > 0.1',
  ],
  [
    'StorageOld',
    '5m',
    'What is known of pools is about to be too old to act on',
    'barograph_storage_age_seconds > 240',
  ],
  [
    'DecisionsWaiting',
    '5m',
    'Decisions cannot be written to the knowledge base: its disk may be full or its file locked',
    'barograph_decisions_waiting > 1000',
  ],
  ['DisksFailing', '15m', 'Disks below OSDs are failing', 'barograph_storage_disks_failing > 0'],
  [
    'DisksInDanger',
    '15m',
    'Disks are failing, or will probably within 14 days',
    'barograph_disks{verdict=~"critical|failing"} > 0',
  ],
  [
    'StoragePlanStuck',
    '15m',
    'An approved step of a storage plan is not carried out, or failed',
    'barograph_storage_plans{phase=~"blocked|failed"} > 0',
  ],
  [
    'AnswersSlow',
    '10m',
    'Admission or scheduling wait for answers',
    'histogram_quantile(0.99, sum by (le, endpoint) (rate(barograph_request_duration_seconds_bucket{endpoint=~"/(admission|extender)/.*"}[5m]))) > 0.25',
  ],
  [
    'RequestsFailing',
    '5m',
    'Requests fail on the side of the server',
    'sum by (endpoint) (rate(barograph_request_duration_seconds_count{status="5xx"}[5m])) > 0',
  ],
  [
    'HandshakesFailing',
    '15m',
    'Clients and server do not agree on certificates: does the API server or kube-scheduler trust an authority of before?',
    'rate(barograph_connection_errors_total{kind="tls"}[15m]) > 0.1',
  ],
  [
    'OutlookOld',
    '5m',
    'Forecasts are about to be too old to act on',
    'barograph_outlook_age_seconds > 1200 or absent(barograph_outlook_age_seconds)',
  ],
  [
    'RiskNotKept',
    '1h',
    'Demand exceeds its forecast more often than promised',
    'barograph_exceedance_realised_ratio > 2 * barograph_exceedance_promised_ratio\n  and barograph_exceedance_measured * barograph_exceedance_promised_ratio > 10',
  ],
  [
    'TrainingBehind',
    '5m',
    'The newest measurement in the models is old',
    'time() - barograph_trainer_trained_to_timestamp_seconds > 1200',
  ],
  [
    'SourceFailing',
    '0m',
    'The source of measurements cannot be read',
    'increase(barograph_source_errors_total[30m]) > 5',
  ],
  ['TrainerFailing', '0m', 'Steps of the trainer fail', 'increase(barograph_trainer_failures_total[30m]) > 5'],
  [
    'MeasurementsStrange',
    '1h',
    'The source sends samples of the future, twice, or out of order',
    'rate(barograph_repairs_total{kind=~"future|out-of-order|duplicates"}[1h]) > 1',
  ],
  [
    'CacheTooSmall',
    '15m',
    'Forecasts are put out of memory: raise cache.maxBytes',
    'rate(barograph_model_cache_evictions_total[15m]) > 0',
  ],
  [
    'CacheReadsFailing',
    '15m',
    'Forecasts cannot be read from the knowledge base',
    'rate(barograph_model_cache_failures_total[15m]) > 0',
  ],
  [
    'ClusterNotRead',
    '5m',
    'Pods, nodes or namespaces are not read yet: everything goes through unchanged',
    'min by (kind) (barograph_watch_synced{kind=~"pods|nodes|namespaces"}) == 0',
  ],
  ['WatchesFailing', '15m', 'Watches of the Kubernetes API fail', 'rate(barograph_watch_errors_total[15m]) > 0.1'],
  [
    'CertificateEnding',
    '1h',
    'The serving certificate was not renewed',
    'barograph_certificate_expiry_timestamp_seconds - time() < 20 * 86400',
  ],
  [
    'RecordsDropped',
    '0m',
    'Decisions or Events were given up because they could not be written',
    'increase(barograph_dropped_total[15m]) > 0',
  ],
];

export function alerts(): Alert[] {
  return known.map(([name, forTime, summary, expr]) => ({
    alert: `Barograph${name}`,
    expr,
    for: forTime,
    labels: { severity: name === 'MeasurementsStrange' ? 'info' : 'warning' },
    annotations: { summary, description: 'docs/metrics.md says what the metric means.' },
  }));
}
