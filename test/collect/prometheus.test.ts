import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Source, UsageBatch } from '../../src/collect/source.ts';
import { containerId } from '../../src/core/workload.ts';
import { sourceContract } from '../contract/source.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { labelsOf, ReplaySamples } from '../support/replay-samples.ts';
import { smallRange, smallWorld } from '../support/small-world.ts';
import { sourceOf } from '../support/source-of.ts';

const missing = prometheusMissing();
const title = `a real Prometheus${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const { startSeconds, endSeconds, stepSeconds } = smallRange;
const late = endSeconds + 3600;

describe.skipIf(missing !== undefined)(title, () => {
  let whole: RunningPrometheus;
  let tight: RunningPrometheus;
  let odd: RunningPrometheus;

  beforeAll(async () => {
    [whole, tight, odd] = await Promise.all([
      startPrometheus({ history: smallHistory() }),
      // A container's half day is 144 samples: nothing of the half day fits whole.
      startPrometheus({ history: smallHistory(), flags: ['--query.max-samples=300'] }),
      startPrometheus({ history: oddHistory() }),
    ]);
  });
  afterAll(() => Promise.all([whole, tight, odd].map((server) => server?.stop())));

  sourceContract('Prometheus', () => ({ open: (nowSeconds) => sourceOf(whole.url, nowSeconds) }));

  sourceContract('Prometheus under a low limit of samples', () => ({
    open: (nowSeconds) => sourceOf(tight.url, nowSeconds),
  }));

  test('what the server refuses as too much is asked for in parts and is the same', async () => {
    const range = { startSeconds: startSeconds + 3600, endSeconds: endSeconds - 3600, stepSeconds };
    const before = (await metric(tight, 'prometheus_http_requests_total')) as number;
    const parts = await all(sourceOf(tight.url, late, {}, { stepSeconds: 60 }), range);
    expect(flat(parts)).toEqual(flat(await all(sourceOf(whole.url, late), range)));
    expect(await metric(tight, 'prometheus_http_requests_total')).toBeGreaterThan(before + 10);
  });

  test('one step of one namespace that is still too much is an error that says so', async () => {
    const tiny = await startPrometheus({ history: smallHistory(), flags: ['--query.max-samples=1'] });
    try {
      const range = { startSeconds, endSeconds: startSeconds + 20 * stepSeconds, stepSeconds };
      await expect(all(sourceOf(tiny.url, late), range)).rejects.toMatchObject({
        code: 'SOURCE_LIMIT',
        message: expect.stringMatching(/one step of namespace \w+ .*too many samples/),
      });
    } finally {
      await tiny.stop();
    }
  });

  test('an answer larger than is read at once is asked for in parts too', async () => {
    const whole1 = flat(await all(sourceOf(whole.url, late), smallRange));
    expect(flat(await all(sourceOf(whole.url, late, {}, { maxAnswerBytes: 2000 }), smallRange))).toEqual(whole1);
  });

  test('a counter that falls was reset, and is counted once', async () => {
    const batches = await all(sourceOf(odd.url, late), smallRange);
    const { cpu } = valuesOf(batches, 'odd/Pod/resets/app');
    // What was counted between the last scrape and the reset, at most one scrape in eleven, is lost.
    const known = cpu.filter((value) => !Number.isNaN(value));
    expect(known.length).toBeGreaterThan(140);
    for (const value of known) expect(value >= 90 && value < 101).toBe(true);
    expect(batches.reduce((sum, { repairs }) => sum + repairs.resets, 0)).toBe(2);
  });

  test('values that are not finite are no values, and are counted', async () => {
    const batches = await all(sourceOf(odd.url, late), smallRange);
    const { memory } = valuesOf(batches, 'odd/Pod/nan/app');
    expect(memory.filter(Number.isNaN)).toHaveLength(12);
    expect(batches.reduce((sum, { repairs }) => sum + repairs.nonFinite, 0)).toBeGreaterThan(0);
  });

  test('what two replicas of a scraper say counts once', async () => {
    const { cpu, memory } = valuesOf(await all(sourceOf(odd.url, late), smallRange), 'odd/Pod/twice/app');
    expect(cpu.at(-1)).toBeCloseTo(100, 1);
    expect(memory.at(-1)).toBe(2 ** 20);
  });

  test('the slice of a pod and its pause container are not counted', async () => {
    const batches = await all(sourceOf(odd.url, late), smallRange);
    const ids = new Set(batches.flatMap(({ containers }) => containers.map(({ key }) => containerId(key))));
    expect([...ids].sort()).toEqual(
      ['nan', 'resets', 'twice', 'with-two-containers', 'restarts']
        .flatMap((name) => (name === 'with-two-containers' ? [`${name}/app`, `${name}/proxy`] : [`${name}/app`]))
        .map((name) => `odd/Pod/${name}`)
        .concat('odd/Deployment/my-web-app/app', 'odd/DaemonSet/log-agent/app', 'odd/StatefulSet/db-main/app')
        .sort(),
    );
  });

  test('a container that starts again within a step is one series', async () => {
    const { cpu } = valuesOf(await all(sourceOf(odd.url, late), smallRange), 'odd/Pod/restarts/app');
    for (const value of cpu.filter((value) => !Number.isNaN(value))) expect(value).toBeLessThan(130);
  });

  test('pods without kube-state-metrics are told apart by their names', async () => {
    const batches = await all(sourceOf(odd.url, late), smallRange);
    const pods = batches.flatMap(({ containers }) =>
      containers.map(({ key, pod }) => `${pod} ${key.kind} ${key.name}`),
    );
    expect(pods).toContain('my-web-app-6d4cf56db6-x7k2p Deployment my-web-app');
    expect(pods).toContain('log-agent-x7k2p DaemonSet log-agent');
    expect(pods).toContain('db-main-0 StatefulSet db-main');
  });

  test('nodes of node_exporter are named by their address, pods without the label by kube_pod_info', async () => {
    const batches = await all(sourceOf(odd.url, late), smallRange);
    const nodes = batches.flatMap((batch) => batch.nodes);
    expect(new Set(nodes.map(({ node }) => node))).toEqual(new Set(['node-7', '10.0.0.8']));
    const last = nodes.findLast(({ node }) => node === 'node-7');
    // Two CPUs of 400 and 200 millicores in two modes; idle and waiting time is none.
    expect(last?.cpuMillicores.at(-1)).toBeCloseTo(1200, 1);
    expect(last?.memoryBytes.at(-1)).toBe(6 * 2 ** 30);
    const twice = batches.flatMap(({ containers }) => containers).find(({ pod }) => pod === 'twice');
    expect(twice?.node).toBe('node-7');
  });

  test('a selector with quotes reaches only its series', async () => {
    const selector = 'region="east \\"1\\"",pod!="nan"';
    const batches = await all(sourceOf(odd.url, late, { selector }), smallRange);
    const pods = new Set(batches.flatMap(({ containers }) => containers.map(({ pod }) => pod)));
    expect([...pods]).toEqual(['resets']);
  });

  test('questions of one own take the place of the defaults', async () => {
    const queries = { containerCpu: 'label_replace(my_cpu{$selector}, "container", "main", "", "")' };
    const batches = await all(sourceOf(odd.url, late, { queries }), smallRange);
    expect(valuesOf(batches, 'own/Pod/mine/main').cpu.at(-1)).toBe(2500);
  });
});

async function all(source: Source, range = smallRange): Promise<UsageBatch[]> {
  try {
    return await Array.fromAsync(source.read(range));
  } finally {
    await source.close();
  }
}

/** Every value that there is, however stretches were cut. */
function flat(batches: readonly UsageBatch[]): string[] {
  return batches
    .flatMap(({ containers }) => containers)
    .flatMap(({ key, times, cpuMillicores, memoryBytes }) =>
      Array.from(times, (time, i) => [containerId(key), time, cpuMillicores[i]?.toFixed(6), memoryBytes[i]].join(' ')),
    )
    .filter((line) => !line.endsWith('NaN NaN'))
    .sort();
}

function valuesOf(batches: readonly UsageBatch[], id: string): { cpu: number[]; memory: number[] } {
  const found = batches.flatMap(({ containers }) => containers.filter(({ key }) => containerId(key) === id));
  return {
    cpu: found.flatMap(({ cpuMillicores }) => [...cpuMillicores]),
    memory: found.flatMap(({ memoryBytes }) => [...memoryBytes]),
  };
}

async function metric({ url }: RunningPrometheus, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes('/api/v1/query'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function* smallHistory(): Generator<string> {
  const samples = new ReplaySamples(stepSeconds);
  for (let time = startSeconds + stepSeconds; time <= endSeconds; time += stepSeconds) {
    for (const [series, value] of samples.step(smallWorld(time), time, true)) yield `${series} ${value} ${time}`;
  }
}

/** What is seen in real clusters: 100 millicores each, scraped every 30 s, in many forms. */
function* oddHistory(): Generator<string> {
  for (let second = 30; second <= endSeconds - startSeconds; second += 30) yield* oddScrape(second);
}

const nodeModes = [
  ['10.0.0.7:9100', 'user', 0.4],
  ['10.0.0.7:9100', 'system', 0.2],
  ['10.0.0.7:9100', 'idle', 0.3],
  ['10.0.0.7:9100', 'iowait', 0.1],
  ['10.0.0.8:9100', 'user', 0.5],
] as const;

function* oddScrape(second: number): Generator<string> {
  const time = startSeconds + second;
  const half = (endSeconds - startSeconds) / 2;
  const count = second * 0.1;
  const of = (pod: string, more: Record<string, string> = {}): string =>
    labelsOf({ namespace: 'odd', pod, container: 'app', id: `/${pod}`, ...more });
  const cpu = (labels: string, value: number): string =>
    `container_cpu_usage_seconds_total{${labels}} ${value} ${time}`;
  const memory = (labels: string, value: number | string): string =>
    `container_memory_working_set_bytes{${labels}} ${value} ${time}`;
  const resetAt = [3000, 20_010].findLast((at) => at <= second) ?? 0;
  yield cpu(of('resets', { region: 'east "1"' }), (second - resetAt) * 0.1);
  yield cpu(of('nan', { region: 'east "1"' }), count);
  yield memory(of('nan', { region: 'east "1"' }), second > half && second <= half + 3600 ? 'NaN' : 5000);
  for (const replica of ['a', 'b']) {
    yield cpu(of('twice', { replica }), count);
    yield memory(of('twice', { replica }), 2 ** 20);
  }
  for (const container of ['app', 'proxy', 'POD', '']) yield cpu(of('with-two-containers', { container }), count);
  yield cpu(
    of('restarts', { id: second <= half + 90 ? '/first' : '/second' }),
    second <= half + 90 ? count : count - half / 10 - 9,
  );
  yield cpu(of('my-web-app-6d4cf56db6-x7k2p'), count);
  yield cpu(of('log-agent-x7k2p'), count);
  yield cpu(of('db-main-0'), count);
  for (const [instance, mode, rate] of nodeModes) {
    for (const number of [0, 1]) {
      yield `node_cpu_seconds_total{instance="${instance}",cpu="${number}",mode="${mode}"} ${second * rate} ${time}`;
    }
  }
  yield `node_memory_MemTotal_bytes{instance="10.0.0.7:9100"} ${8 * 2 ** 30} ${time}`;
  yield `node_memory_MemAvailable_bytes{instance="10.0.0.7:9100"} ${2 * 2 ** 30} ${time}`;
  yield `kube_node_info{node="node-7",internal_ip="10.0.0.7"} 1 ${time}`;
  yield `kube_pod_info{namespace="odd",pod="twice",node="node-7"} 1 ${time}`;
  yield `my_cpu{namespace="own",pod="mine"} 2.5 ${time}`;
}
