import type { Fleet, FleetWorkload } from '../../../src/simulate/fleet.ts';
import type { PlacedPod } from '../../../src/simulate/hot-minutes.ts';
import type { Usage } from '../../../src/simulate/played-usage.ts';
import type { ReplayPod, ReplayUsage, ReplayWorld } from '../../support/replay-world.ts';

/** A pod on its node, as the cluster has it. */
export interface RunningPod extends PlacedPod {
  readonly name: string;
  readonly replicaSet: string;
}

/** Each service has had a pod all along, on a node of its own: that is what its history is of. */
export function formerPods({ workloads, nodes }: Fleet): RunningPod[] {
  return workloads.map((workload, index) => ({
    workload,
    name: `${workload.key.name}-5d4f8c7b9d-former`,
    replicaSet: `${workload.key.name}-5d4f8c7b9d`,
    node: nodes[index % nodes.length]?.name ?? '',
    fromSeconds: Number.NEGATIVE_INFINITY,
  }));
}

/** The fleet as cAdvisor and kube-state-metrics see it at a time. */
export function fleetWorld(fleet: Fleet, running: Iterable<RunningPod>, timeSeconds: number): ReplayWorld {
  const pods = [...running].filter(({ fromSeconds }) => fromSeconds < timeSeconds).map(replayPod);
  return { pods, nodes: fleet.nodes.map(({ name, base }) => ({ name, base: usageOf(base) })) };
}

function replayPod({ workload, name, replicaSet, node }: RunningPod): ReplayPod {
  return {
    namespace: workload.key.namespace,
    name,
    owner: { kind: 'ReplicaSet', name: replicaSet },
    topOwner: { kind: workload.key.kind, name: workload.key.name },
    container: workload.container,
    node,
    usage: usageOf(workload.usage),
  };
}

function usageOf(usage: Usage): (timeSeconds: number) => ReplayUsage {
  return (timeSeconds) => {
    const { cpu, memory } = usage(timeSeconds);
    return { cpuMillicores: cpu, memoryBytes: Math.round(memory) };
  };
}

/** The pods that a service has after each arrival. */
export function replicasAfter(
  arrivals: readonly FleetWorkload[],
): { readonly workload: FleetWorkload; readonly replicas: number }[] {
  const counts = new Map<FleetWorkload, number>();
  return arrivals.map((workload) => {
    const replicas = (counts.get(workload) ?? 0) + 1;
    counts.set(workload, replicas);
    return { workload, replicas };
  });
}
