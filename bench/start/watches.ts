import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../src/cluster/cluster-state.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';

// `watches.ts KUBECONFIG`, with --expose-gc: what the watches hold once they have read the cluster, and how long that took; one line of JSON.
const state = await connectCluster({ kubeconfig: process.argv[2], clock: systemClock, logger: silentLogger });
const before = await heapBytes();
const began = performance.now();
state.start();
await state.whenSynced(AbortSignal.timeout(120_000));
const milliseconds = performance.now() - began;
const highest = process.memoryUsage().heapUsed;
const after = await heapBytes();
process.stdout.write(
  `${JSON.stringify({ heapBytes: after - before, highestBytes: highest - before, milliseconds })}\n`,
);
await state.close();

/** After everything that is garbage has gone. */
async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await sleep(100);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
