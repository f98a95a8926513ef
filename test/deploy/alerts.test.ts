import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { alerts } from '../../src/cli/install/alerts.ts';
import { manifests } from '../../src/cli/install/manifests.ts';
import { toYaml } from '../../src/cli/install/to-yaml.ts';
import { installOptions } from './install-options.ts';

const document = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8');

describe('the alerts', () => {
  test('are those of docs/metrics.md, all of them and no others', () => {
    const documented = [...document.matchAll(/^```promql\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    let rest = documented.join('');
    for (const { expr } of alerts()) {
      expect(rest, expr).toContain(`${expr}\n`);
      rest = rest.replace(`${expr}\n`, '');
    }
    expect(rest).toBe('');
  });

  test('have a name of their own each, and warn at most', () => {
    expect(new Set(alerts().map(({ alert }) => alert)).size).toBe(alerts().length);
    expect(new Set(alerts().map(({ labels }) => labels.severity))).toEqual(new Set(['warning', 'info']));
  });
});

const skip = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0 ? undefined : 'promtool is missing';

describe.skipIf(skip !== undefined)(`promtool${skip === undefined ? '' : ` (${skip})`}`, () => {
  test('accepts the rules, and finds no fault in them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'barograph-alerts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const rule = manifests(installOptions({ monitoring: true })).find(({ kind }) => kind === 'PrometheusRule');
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, toYaml([rule?.spec as object]));
    const said = execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect(said).toContain(`SUCCESS: ${alerts().length} rules found`);
  });
});
