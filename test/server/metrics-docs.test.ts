import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { noRepairs } from '../../src/collect/repair.ts';
import { unchangedReasons } from '../../src/core/decision.ts';
import { extenderOutcomes } from '../../src/extender/extender.ts';
import { apiEndpoints, hotEndpoints } from '../../src/server/endpoints.ts';
import { poolRefusalReasons } from '../../src/storage/storage-state.ts';
import { claimReasons } from '../../src/webhook/claims/claim-outcomes.ts';
import { type Document, fencesOf } from '../docs/markdown.ts';
import { parseExposition } from './support/exposition.ts';
import { fullMetrics, newMetrics } from './support/full-metrics.ts';
import { labelValues, metricProblems, metricRows } from './support/metric-docs.ts';

const path = 'docs/metrics.md';
const text = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const document: Document = { path, text };

/** The expressions of the PromQL blocks; an indented line goes on with the one before. */
const alerts = fencesOf(text)
  .filter(({ info }) => info === 'promql')
  .flatMap(({ lines }) => lines.join('\n').replaceAll(/\n +/g, ' ').split('\n'));

describe('docs/metrics.md', () => {
  test('lists the metrics of the code with their types, labels and help texts', () => {
    expect(metricProblems(document, metricRows(newMetrics().registry))).toEqual([]);
  });

  test('is found out when it says something else', () => {
    const rows = metricRows(newMetrics().registry);
    const missing = text.replace(/^\| `barograph_connections` .*$/m, '');
    expect(metricProblems({ path, text: missing }, rows)).toEqual([
      'docs/metrics.md:1: barograph_connections is not documented',
    ]);
    const renamed = text.replace('| `barograph_connections` |', '| `barograph_links` |');
    expect(metricProblems({ path, text: renamed }, rows)).toHaveLength(2);
    const other = text.replace('| `barograph_connections` | gauge |', '| `barograph_connections` | counter |');
    expect(metricProblems({ path, text: other }, rows)[0]).toContain('barograph_connections is');
  });

  test('lists the values of labels', async () => {
    const listed = labelValues(document);
    const endpoints = [...Object.keys(hotEndpoints), ...apiEndpoints, 'other'];
    expect(listed.get('barograph_decisions_total reason')).toEqual([...unchangedReasons]);
    expect(listed.get('barograph_claims_total reason')).toEqual([...claimReasons]);
    expect(listed.get('barograph_storage_pools_refused reason')).toEqual([...poolRefusalReasons]);
    expect(listed.get('barograph_extender_calls_total outcome')).toEqual([...extenderOutcomes]);
    expect(listed.get('barograph_request_duration_seconds endpoint')).toEqual(endpoints);
    expect(listed.get('barograph_repairs_total kind')).toHaveLength(Object.keys(noRepairs()).length);
    const exposed = parseExposition(await fullMetrics().registry.metrics());
    for (const [key, values] of listed) {
      const [metric = '', label = ''] = key.split(' ');
      const shown = (exposed.get(metric)?.samples ?? []).map(({ labels }) => labels[label] ?? '');
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.filter((value) => value !== '' && !values.includes(value))).toEqual([]);
    }
  });

  test('alerts on metrics that there are', () => {
    const known = new Set(metricRows(newMetrics().registry).map(({ name }) => name));
    const named = alerts.flatMap((alert) => alert.match(/barograph_\w+/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
  });

  const noPromtool =
    spawnSync('promtool', ['--version']).error === undefined ? undefined : '`promtool` is not installed';

  test.skipIf(noPromtool !== undefined)(
    `alerts with expressions that Prometheus takes${noPromtool === undefined ? '' : ` (${noPromtool})`}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'barograph-alerts-'));
      const file = join(folder, 'rules.yaml');
      const rules = alerts.map((expr, index) => ({ alert: `Alert${index}`, expr }));
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'documented', rules }] }));
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      expect({ status, said: stderr }).toEqual({ status: 0, said: '' });
      expect(stdout).toContain(`${alerts.length} rules found`);
    },
  );
});
