import { describe, expect, test } from 'vitest';
import { containerId } from '../../src/core/workload.ts';
import { prometheusMissing } from './prometheus.ts';
import { startReplay } from './replay.ts';
import { smallRange, smallWorld } from './small-world.ts';
import { sourceOf } from './source-of.ts';

const missing = prometheusMissing();

describe.skipIf(missing !== undefined)(`replay${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  test('history goes on in what is scraped, and a pod that moves is seen on its new node', async () => {
    const { startSeconds, stepSeconds } = smallRange;
    const beginSeconds = startSeconds + 20 * stepSeconds;
    let node = 'node-a';
    const replay = await startReplay({
      world: (timeSeconds) => {
        const { pods, nodes } = smallWorld(timeSeconds);
        return { nodes, pods: pods.map((pod) => (pod.name === 'by-hand' ? { ...pod, node } : pod)) };
      },
      startSeconds: beginSeconds,
      historySeconds: 20 * stepSeconds,
      rate: 3000,
    });
    try {
      await until(() => replay.servedToSeconds >= beginSeconds + 6 * stepSeconds);
      node = 'node-b';
      const moved = replay.servedToSeconds;
      await until(() => replay.servedToSeconds >= moved + 12 * stepSeconds);
      const endSeconds = replay.servedToSeconds - stepSeconds;
      const source = sourceOf(replay.prometheus.url, endSeconds);
      const batches = await Array.fromAsync(source.read({ startSeconds, endSeconds, stepSeconds }));
      await source.close();
      const all = batches.flatMap(({ containers }) => containers);
      const carts = all.filter(({ key }) => containerId(key) === 'shop/Deployment/cart/app');
      const values = carts.flatMap(({ cpuMillicores }) => [...cpuMillicores]);
      expect(values).toHaveLength((endSeconds - startSeconds) / stepSeconds);
      expect(values.slice(1).filter(Number.isNaN)).toEqual([]);
      const nodes = all.filter(({ pod }) => pod === 'by-hand').map((usage) => usage.node);
      expect(new Set(nodes)).toEqual(new Set(['node-a', 'node-b']));
      expect(Date.parse(replay.clockConfig.start) / 1000).toBe(beginSeconds);
    } finally {
      await replay.stop();
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
