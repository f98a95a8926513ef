import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/core/decision.ts';
import { parseQuantity } from '../../src/core/quantity.ts';
import { clusterAvailable } from '../cluster/available.ts';
import { type Cluster, clusterStartMilliseconds } from '../cluster/start.ts';
import { prometheusMissing } from '../support/prometheus.ts';
import { createDeployment, podsOf } from './support/deployment.ts';
import { replayed } from './support/predict.ts';
import { runCli } from './support/run-cli.ts';
import type { Served } from './support/served.ts';
import type { Service } from './support/services.ts';
import { soak } from './support/soak.ts';
import { startWorld, type World } from './support/world.ts';

const skip = clusterAvailable() ?? prometheusMissing();
const why = skip === undefined ? '' : ` (${skip})`;

const objectives = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };
const cpuAlone = { 'slo.barograph.dev/cpu-exceeded': '1%' };
const observed = 'service-3';
const asked = { requests: { cpu: '3', memory: '4Gi' }, limits: { memory: '8Gi' } };

describe.skipIf(skip !== undefined)(`serve against a real API server, scheduler and Prometheus${why}`, () => {
  let world: World;
  let cluster: Cluster;
  let served: Served;
  let services: readonly Service[];

  beforeAll(async () => {
    world = await startWorld({ recordings: ['crane-1', 'rds-e47b3b', 'asg', 'azure-2019'] });
    ({ cluster, served, services } = world);
  }, clusterStartMilliseconds);

  afterAll(() => world?.end());

  test('pods of Deployments come out with the requests that a replay of the same load predicts', async () => {
    const rows = [];
    for (const service of services.filter(({ key }) => key.name !== observed)) {
      const { name } = service.key;
      const isByDefault = name === 'service-2';
      const annotations = isByDefault ? cpuAlone : objectives;
      await createDeployment(cluster, { namespace: 'shop', name, replicas: 2, annotations, ...asked });
      const pods = await podsOf(cluster, 'shop', name, 2);
      const { requests, limits } = pods[0].spec.containers[0].resources;
      const decision = await explained(pods[0].metadata.name);
      const { from, to } = decision.containers[0]?.data ?? { from: '', to: '' };
      expect(decision.workload).toEqual({ namespace: 'shop', kind: 'Deployment', name });
      const seen = { fromSeconds: Date.parse(from) / 1000, toSeconds: Date.parse(to) / 1000 };
      const replay = replayed(services, seen);
      const alone = replay.alone(service, { cpu: 0.01, memory: 0.001 });
      // Where no risk of memory is written, all such containers keep the configured one together.
      const predicted = isByDefault ? { ...alone, memory: replay.together(service).memory } : alone;
      const got = { cpu: parseQuantity(requests.cpu, 'cpu'), memory: parseQuantity(requests.memory, 'memory') };
      rows.push({
        name,
        'cpu asked': asked.requests.cpu,
        'cpu got': requests.cpu,
        'replay predicts': Math.ceil(predicted.cpu),
        'memory got': requests.memory,
        'replay predicts, MiB': Math.ceil(predicted.memory / 2 ** 20),
      });
      expect(Math.abs(got.cpu / predicted.cpu - 1)).toBeLessThan(0.02);
      expect(Math.abs(got.memory / predicted.memory - 1)).toBeLessThan(0.02);
      // The ratio of limit to request is kept.
      expect(parseQuantity(limits.memory, 'memory') / got.memory).toBeCloseTo(2, 2);
    }
    console.table(rows);
  }, 120_000);

  test('explain says why a pod is where it is', async () => {
    const [pod] = await podsOf(cluster, 'shop', 'service-0', 2);
    const text = await runCli(['explain', 'pod', pod.metadata.name, '-n', 'shop', '--config', served.configFile]);
    expect(text).toContain(pod.spec.nodeName);
    expect(text).toContain('Placement: node');
    expect(text).toContain('Otherwise: cpu as written would leave');
    expect(text).not.toContain('undefined');
  }, 60_000);

  test('observe mode adds the decision and changes nothing else', async () => {
    const annotations = { ...objectives, 'barograph.dev/mode': 'observe' };
    await createDeployment(cluster, { namespace: 'shop', name: observed, replicas: 1, annotations, ...asked });
    const [pod] = await podsOf(cluster, 'shop', observed, 1);
    expect(pod.metadata.annotations['barograph.dev/decision']).toMatch(/^[a-z0-9]+-[a-z0-9]+; observe; \S/);
    expect(pod.spec.containers[0].resources).toEqual(asked);
    const decision = await explained(pod.metadata.name);
    expect(decision.containers[0]?.after).not.toEqual(decision.containers[0]?.before);
  }, 60_000);

  test('fifty admissions and fifty extender calls a second all answered, in memory that stays flat', async () => {
    const figures = await soak(served, 60, services.length, ['node-0', 'node-1', 'node-2']);
    const { admissions, extenderCalls, earlyMebibytes, lateMebibytes } = figures;
    process.stdout.write(`soak: ${JSON.stringify(figures)}\n`);
    expect(admissions.failures).toEqual([]);
    expect(extenderCalls.failures).toEqual([]);
    expect(admissions.calls).toBeGreaterThan(500);
    expect(lateMebibytes).toBeLessThan(1.25 * earlyMebibytes);
  }, 120_000);

  test('a second server on the same port says so and ends, though it watches the cluster', async () => {
    const second = runCli(['serve', '--config', served.configFile]);
    await expect(second).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('EADDRINUSE') });
  }, 60_000);

  test('a killed server goes on where it was', async () => {
    const before = await served.outlook(services.length);
    const said = served.said.length;
    await served.kill();
    await served.restart();
    const { outlook } = await served.status();
    expect(outlook?.version).toBeGreaterThanOrEqual(before.version);
    await served.outlook(services.length, Date.parse(before.data) / 1000 + 600);
    // Restored from the knowledge base: nothing of the days of history is read again.
    expect(served.said.slice(said)).toContain('models restored');
    const daysRead = [...served.said.slice(said).matchAll(/"days":([\d.]+)/g)].map(([, days]) => Number(days));
    expect(Math.max(0, ...daysRead)).toBeLessThan(1);
  }, 120_000);

  test('with the server away pods are created unchanged and scheduled', async () => {
    await served.stop();
    await createDeployment(cluster, {
      namespace: 'shop',
      name: 'alone',
      replicas: 3,
      annotations: objectives,
      ...asked,
    });
    const pods = await podsOf(cluster, 'shop', 'alone', 3);
    for (const pod of pods) {
      expect(pod.spec.containers[0].resources).toEqual(asked);
      expect(pod.metadata.annotations['barograph.dev/decision']).toBeUndefined();
    }
  }, 120_000);

  async function explained(pod: string): Promise<Decision> {
    const args = ['explain', 'pod', pod, '-n', 'shop', '--config', served.configFile, '--output', 'json'];
    return JSON.parse(await runCli(args)) as Decision;
  }
});
