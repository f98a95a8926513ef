import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../../src/core/log.ts';
import { apiEndpoints, hotEndpoints } from '../../src/server/endpoints.ts';
import { startEdge, until } from './support/edge.ts';
import { type ExposedMetric, parseExposition } from './support/exposition.ts';
import { allSources, fullMetrics, newMetrics } from './support/full-metrics.ts';

/** Samples of a metric as `{label="value",…} number`. */
function shown(metric: ExposedMetric | undefined): string[] {
  return (metric?.samples ?? []).map(({ labels, value }) => `${JSON.stringify(labels)} ${value}`);
}

describe('/metrics', () => {
  test('is in the text format of Prometheus, with its content type', async () => {
    const edge = await startEdge({ sources: allSources });
    await edge.call('POST', '/admission/pods', { body: '{}' });
    const answer = await edge.call('GET', '/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const metrics = parseExposition(answer.body.toString());
    expect(shown(metrics.get('barograph_build_info'))).toEqual(['{"version":"1.2.3"} 1']);
    expect(metrics.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e6);
    await edge.server.close(1);
  });

  test('shows histograms whose buckets add up', async () => {
    const metrics = parseExposition(await fullMetrics().registry.metrics());
    const { samples } = metrics.get('barograph_request_duration_seconds') ?? { samples: [] };
    for (const status of ['2xx', '4xx', 'aborted']) {
      const of = samples.filter(({ labels }) => labels.status === status);
      const buckets = of.filter(({ name }) => name.endsWith('_bucket')).map(({ value }) => value);
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      expect(buckets.at(-1)).toBe(of.find(({ name }) => name.endsWith('_count'))?.value);
    }
  });

  const noPromtool =
    spawnSync('promtool', ['--version']).error === undefined ? undefined : '`promtool` is not installed';

  test.skipIf(noPromtool !== undefined)(
    `has nothing that promtool would mend${noPromtool === undefined ? '' : ` (${noPromtool})`}`,
    async () => {
      const input = await fullMetrics().registry.metrics();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
      expect({ status, said: `${stdout}${stderr}`.trim() }).toEqual({ status: 0, said: '' });
    },
  );
});

describe('what is read at each scrape', () => {
  test('is what its source says', async () => {
    const metrics = parseExposition(await newMetrics().registry.metrics());
    const said = (name: string): string[] => shown(metrics.get(`barograph_${name}`));
    expect(said('outlook_age_seconds')).toEqual(['{} 42']);
    expect(said('model_cache_stale_total')).toEqual(['{} 1']);
    expect(said('trainer_trained_to_timestamp_seconds')).toEqual(['{} 1700600000']);
    expect(said('trainer_failures_total')).toEqual(['{} 2']);
    expect(said('repairs_total')).toContain('{"kind":"out-of-order"} 7');
    expect(said('source_errors_total')).toEqual(['{"source":"prometheus"} 8']);
    expect(said('certificate_expiry_timestamp_seconds')).toEqual(['{} 1800000000']);
    expect(said('watch_synced')).toEqual(['{"kind":"pods"} 1', '{"kind":"replica-sets"} 0']);
    expect(said('dropped_total')).toEqual(['{"kind":"decisions"} 9', '{"kind":"events"} 0']);
  });

  test('is how the promised risk was kept; nothing is said where nothing was measured', async () => {
    const metrics = parseExposition(await newMetrics().registry.metrics());
    expect(shown(metrics.get('barograph_exceedance_realised_ratio'))).toEqual([
      '{"resource":"cpu","promised":"0.01"} 0.015',
    ]);
    expect(shown(metrics.get('barograph_exceedance_promised_ratio'))).toEqual([
      '{"resource":"cpu","promised":"0.01"} 0.01',
      '{"resource":"memory","promised":"0.001"} 0.001',
    ]);
  });

  test('follows its source, also downwards, and forgets what is gone', async () => {
    let pass = 0;
    const { registry } = newMetrics({
      version: '1',
      outlook: () => (pass === 1 ? undefined : { version: 1, ageSeconds: 100 - pass, containers: 1, nodes: 1 }),
      sourceErrors: (): Record<string, number> => (pass === 0 ? { trace: 1 } : { prometheus: 5 }),
    });
    const read = async (): Promise<string[]> => {
      const metrics = parseExposition(await registry.metrics());
      pass += 1;
      return ['outlook_age_seconds', 'source_errors_total'].flatMap((name) => shown(metrics.get(`barograph_${name}`)));
    };
    expect(await read()).toEqual(['{} 100', '{"source":"trace"} 1']);
    expect(await read()).toEqual(['{"source":"prometheus"} 5']);
    expect(await read()).toEqual(['{} 98', '{"source":"prometheus"} 5']);
  });

  test('is left out where the source fails or says no number, and the rest is there', async () => {
    const logged: object[] = [];
    const keep = (fields: object): void => void logged.push(fields);
    const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    const { registry } = newMetrics(
      {
        ...allSources,
        certificateExpirySeconds: () => {
          throw new TypeError('no certificate');
        },
        outlook: () => ({ version: 7, ageSeconds: Number.NaN, containers: 12, nodes: 3 }),
      },
      logger,
    );
    const metrics = parseExposition(await registry.metrics());
    expect(shown(metrics.get('barograph_certificate_expiry_timestamp_seconds'))).toEqual([]);
    expect(shown(metrics.get('barograph_outlook_age_seconds'))).toEqual([]);
    expect(shown(metrics.get('barograph_outlook_nodes'))).toEqual(['{} 3']);
    expect(logged).toEqual([{ metric: 'barograph_certificate_expiry_timestamp_seconds', error: 'no certificate' }]);
  });
});

describe('labels', () => {
  test('never hold what a client sent', async () => {
    const edge = await startEdge();
    for (let i = 0; i < 30; i += 1) {
      await edge.call(i % 2 === 0 ? 'GET' : 'PURGE', `/api/v1/decisions/id-${i}`);
      await edge.call('POST', `/made/up/${i}`);
      await edge.call('GET', `/api/v1/forecasts/ns-${i}/Deployment/x`);
    }
    const known = new Set<string>([...Object.keys(hotEndpoints), ...apiEndpoints, 'other']);
    const name = 'barograph_request_duration_seconds';
    const exposed = async (): Promise<
      readonly { name: string; labels: Readonly<Record<string, string>>; value: number }[]
    > => parseExposition(await edge.registry.metrics()).get(name)?.samples ?? [];
    await until(async () => {
      const all = (await exposed()).filter((sample) => sample.name === `${name}_count`);
      return all.reduce((sum, { value }) => sum + value, 0) === 90;
    }, 'all requests to be counted');
    for (const { labels } of await exposed()) {
      expect(known.has(labels.endpoint ?? '')).toBe(true);
      expect(['2xx', '4xx', '5xx']).toContain(labels.status);
    }
    await edge.server.close(1);
  });

  test('of extender calls are the verb and the outcome', async () => {
    const metrics = newMetrics();
    metrics.meter.countExtender('filter', 'kept');
    metrics.meter.countExtender('filter', 'kept');
    metrics.meter.countExtender('prioritize', 'outlook-stale');
    const exposed = parseExposition(await metrics.registry.metrics());
    expect(shown(exposed.get('barograph_extender_calls_total'))).toEqual([
      '{"verb":"filter","outcome":"kept"} 2',
      '{"verb":"prioritize","outcome":"outlook-stale"} 1',
    ]);
  });
});
