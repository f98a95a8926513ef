import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBinaries } from './binaries.ts';
import { Cluster } from './cluster.ts';
import type { ComponentName } from './components.ts';
import { numberedNodes } from './nodes.ts';

export { Cluster } from './cluster.ts';

export interface ClusterOptions {
  /** How many fake nodes of 16 cores and 64 GiB to make: node-0, node-1, … */
  readonly nodes?: number;
  /** A KubeSchedulerConfiguration, YAML; @KUBECONFIG@ in it becomes the path of the kubeconfig. */
  readonly schedulerConfig?: string;
  /** The folder of the cluster's state. Without one, a folder that is removed by stop() and processes that end with this one. */
  readonly run?: string;
  /** More flags for a component. */
  readonly flags?: Partial<Record<ComponentName, readonly string[]>>;
  /** Where a first build says how far it is; stderr by default. */
  readonly say?: (line: string) => void;
}

/**
 * A real control plane on loopback: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok that plays the nodes. Starts what does
 * not run yet in the run folder. A first build takes minutes: give hooks that call this `clusterStartMilliseconds`.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  await ensureBinaries(options.say ?? ((line) => process.stderr.write(`cluster: ${line}\n`)));
  const run = options.run ?? mkdtempSync(join(tmpdir(), 'barograph-cluster-'));
  mkdirSync(run, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const cluster = await Cluster.in(run, { temporary: options.run === undefined, flags: options.flags ?? {} });
    try {
      await bringUp(cluster, options);
      return cluster;
    } catch (error) {
      // The folder of a failed start is kept: the error names logs in it.
      await cluster.stopProcesses();
      if (attempt === mostAttempts || !isPortTaken(error)) throw error;
    }
  }
}

const mostAttempts = 3;

async function bringUp(cluster: Cluster, { schedulerConfig, nodes = 0 }: ClusterOptions): Promise<void> {
  await cluster.up(schedulerConfig);
  const missing = nodes - (await cluster.nodeCount());
  if (missing > 0) await cluster.addNodes(numberedNodes(missing, nodes - missing));
}

// Between the choice of a free port and its use somebody else may take it; with other ports it works.
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('address already in use');
}

/** A time-out for a hook that starts a cluster, with a first build in it. */
export const clusterStartMilliseconds = 1_200_000;
