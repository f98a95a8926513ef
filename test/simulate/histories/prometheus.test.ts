import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { runCli } from '../../journey/support/run-cli.ts';
import { prometheusMissing, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';
import { labelsOf, ReplaySamples } from '../../support/replay-samples.ts';
import type { ReplayPod } from '../../support/replay-world.ts';

const missing = prometheusMissing();
const hours = 30;

function podOf(name: string, replicaSet: string, deployment: string, share: number): ReplayPod {
  return {
    namespace: 'shop',
    name,
    owner: { kind: 'ReplicaSet', name: replicaSet },
    topOwner: { kind: 'Deployment', name: deployment },
    container: 'app',
    node: 'n1',
    usage: () => ({ cpuMillicores: 200 * share, memoryBytes: share * 2 ** 27 }),
  };
}

const pods = [
  podOf('cart-5d4f8b7c9d-aaaaa', 'cart-5d4f8b7c9d', 'cart', 1),
  podOf('cart-5d4f8b7c9d-bbbbb', 'cart-5d4f8b7c9d', 'cart', 2),
  podOf('mail-6c5b4d7f8e-ccccc', 'mail-6c5b4d7f8e', 'mail', 0.5),
];
/** Cores and bytes of each pod of the deployment. */
const requests: Readonly<Record<string, readonly [cores: number, bytes: number]>> = {
  cart: [1.5, 2 ** 30],
  mail: [0.25, 2 ** 28],
};

/** The last hours up to now, a scrape in every step. */
function* history(nowSeconds: number): Generator<string> {
  const samples = new ReplaySamples(300);
  const end = Math.floor(nowSeconds / 300) * 300;
  for (let time = end - hours * 3600; time <= end; time += 300) {
    for (const [series, value] of samples.step({ pods, nodes: [] }, time, true)) yield `${series} ${value} ${time}`;
    for (const { namespace, name: pod, container, topOwner } of pods) {
      const [cores, bytes] = requests[topOwner?.name ?? ''] ?? [0, 0];
      for (const [resource, unit, value] of [['cpu', 'core', cores] as const, ['memory', 'byte', bytes] as const]) {
        yield `kube_pod_container_resource_requests{${labelsOf({ namespace, pod, container, resource, unit })}} ${value} ${time}`;
      }
    }
  }
}

describe.skipIf(missing !== undefined)(
  `the history of a real Prometheus${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let server: RunningPrometheus;
    beforeAll(async () => {
      server = await startPrometheus({ history: history(systemClock.nowSeconds()) });
    });
    afterAll(() => server?.stop());

    test('is replayed against what is requested today', async () => {
      const args = ['--from', 'prometheus', '--url', server.url, '--last', '1d', '--warm-up', '6h'];
      const result = JSON.parse(
        await runCli(['simulate', ...args, '--policy', 'unchanged', 'static', '--output', 'json']),
      ) as {
        readonly requestsKnown: boolean;
        readonly origin: string;
        readonly results: readonly {
          readonly policy: string;
          readonly ids: readonly string[];
          readonly windows: { readonly scored: { readonly perSeries: Readonly<Record<string, readonly number[]>> } };
        }[];
      };
      expect(result.requestsKnown).toBe(true);
      expect(result.origin).toContain('the last 1d');
      const [unchanged, fixed] = result.results;
      expect(unchanged?.ids.toSorted()).toEqual(['shop/Deployment/cart/app', 'shop/Deployment/mail/app']);
      const cart = unchanged?.ids.indexOf('shop/Deployment/cart/app') ?? -1;
      const mean = (policy: typeof fixed, sum: string): number =>
        (policy?.windows.scored.perSeries[sum]?.[cart] ?? 0) / (policy?.windows.scored.perSeries.cpuSteps?.[cart] ?? 1);
      expect(mean(unchanged, 'cpuReq')).toBe(1500);
      // The larger of two replicas is what a request has to hold for.
      expect(mean(unchanged, 'cpuUse')).toBeCloseTo(400, 0);
      expect(mean(unchanged, 'memUse')).toBeCloseTo(2 ** 28, 0);
      expect(mean(fixed, 'cpuReq')).toBeGreaterThan(390);
      expect(mean(fixed, 'cpuReq')).toBeLessThan(410);
    });

    test('a selector narrows it', async () => {
      const args = ['--from', 'prometheus', '--url', server.url, '--last', '12h', '--selector', 'pod=~"mail.*"'];
      const text = await runCli(['simulate', ...args, '--policy', 'unchanged', '--output', 'json']);
      expect((JSON.parse(text) as { containers: number }).containers).toBe(1);
    });
  },
);
