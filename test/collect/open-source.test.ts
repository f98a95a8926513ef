import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSource } from '../../src/collect/open-source.ts';
import { systemClock } from '../../src/core/clock.ts';
import { configSchema } from '../../src/core/config.ts';
import { silentLogger } from '../../src/core/log.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'barograph-open-source-'));
  writeFileSync(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
      users: [{ name: 'c', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['trace', { kind: 'trace', path: '/traces' }],
  ['prometheus', { kind: 'prometheus', url: 'http://127.0.0.1:9090' }],
  ['metrics-api', { kind: 'metrics-api' }],
])('the configuration names a source of kind %s, and nothing is read of it yet', async (kind, source) => {
  const config = configSchema.parse({ source, kubernetes: { kubeconfig: join(folder, 'kubeconfig') } });
  const opened = openSource({ config, clock: systemClock, logger: silentLogger });
  expect(opened.kind).toBe(kind);
  await opened.close();
});

test('the metrics API without credentials is an error that names them', () => {
  const kubeconfig = join(folder, 'nowhere');
  const config = configSchema.parse({ source: { kind: 'metrics-api' }, kubernetes: { kubeconfig } });
  const open = () => openSource({ config, clock: systemClock, logger: silentLogger });
  expect(open).toThrow(
    expect.objectContaining({ code: 'CLUSTER_UNREACHABLE', message: expect.stringContaining('nowhere') }),
  );
});
