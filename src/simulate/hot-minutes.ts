import type { Fleet, FleetWorkload } from './fleet.ts';

export interface PlacedPod {
  readonly workload: FleetWorkload;
  readonly node: string;
  /** From when on it runs, unix seconds. */
  readonly fromSeconds: number;
}

export interface HotMinutes {
  /** Node-minutes in which CPU use was above the share of the node's cores. */
  readonly minutes: number;
  /** Those in which the base alone was. */
  readonly base: number;
  /** The most that any node used in any step, as a share of its cores: above 1, pods did not get what they wanted. */
  readonly highest: number;
}

const stepSeconds = 300;

/** How long nodes were hotter than a share of their cores, in steps of five minutes from `fromSeconds` on. */
export function hotMinutes(
  fleet: Pick<Fleet, 'nodes'>,
  placed: readonly PlacedPod[],
  window: { readonly fromSeconds: number; readonly hours: number },
  share: number,
): HotMinutes {
  let [minutes, base, highest] = [0, 0, 0];
  const steps = (window.hours * 3600) / stepSeconds;
  for (const node of fleet.nodes) {
    const pods = placed.filter((pod) => pod.node === node.name);
    for (let step = 1; step <= steps; step += 1) {
      const time = window.fromSeconds + step * stepSeconds;
      const own = node.base(time).cpu / node.capacity.cpu;
      const running = pods.filter((pod) => pod.fromSeconds <= time);
      const use = own + running.reduce((sum, pod) => sum + pod.workload.usage(time).cpu, 0) / node.capacity.cpu;
      if (use > share) minutes += stepSeconds / 60;
      if (own > share) base += stepSeconds / 60;
      highest = Math.max(highest, use);
    }
  }
  return { minutes, base, highest };
}
