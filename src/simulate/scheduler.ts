import { type PerResource, resources } from '../core/resource.ts';

/** A node as kube-scheduler sees it: what it has, and what the pods on it ask for. */
export interface BookedNode {
  readonly name: string;
  readonly allocatable: PerResource<number>;
  readonly requested: PerResource<number>;
}

/** kube-scheduler asks no other when it says nothing for this request: containers without one count as these in its scores. */
const unstated: PerResource<number> = { cpu: 100, memory: 200 * 2 ** 20 };
const maxNodeScore = 100;
const extenderScale = 10;

/** NodeResourcesFit: nodes with room for what the pod asks for. */
export function fitting(nodes: readonly BookedNode[], asked: PerResource<number>): BookedNode[] {
  return nodes.filter((node) =>
    resources.every((resource) => node.requested[resource] + asked[resource] <= node.allocatable[resource]),
  );
}

/**
 * What kube-scheduler's own plugins say of a node for a pod without affinities, volumes, taints and spread constraints: NodeResourcesFit (LeastAllocated) and
 * NodeResourcesBalancedAllocation, each 0 to 100 and weighing 1 as by default.
 */
export function ownScore({ allocatable, requested }: BookedNode, asked: PerResource<number>): number {
  const shares = resources.map((resource) => {
    const more = asked[resource] > 0 ? asked[resource] : unstated[resource];
    return Math.min(1, (requested[resource] + more) / allocatable[resource]);
  });
  const least = shares.reduce((sum, share) => sum + Math.floor((1 - share) * maxNodeScore), 0) / shares.length;
  const [cpu = 0, memory = 0] = shares;
  // The standard deviation of two numbers is half their distance.
  const balanced = (1 - Math.abs(cpu - memory) / 2) * maxNodeScore;
  return Math.floor(least) + Math.floor(balanced);
}

/** An extender's scores (0 to 10) as kube-scheduler adds them to its own: times ten, times its weight. */
export function totalScore(own: number, extender: number, weight: number): number {
  return own + extender * extenderScale * weight;
}
