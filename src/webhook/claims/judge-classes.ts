import type { ClaimClassView } from '../../cluster/claim-view.ts';
import type { StorageClassView } from '../../cluster/storage-view.ts';
import type { NodeView, QuotaView } from '../../cluster/view.ts';
import type { ClaimClass } from '../../core/decision.ts';
import type { Objective } from '../../core/objective.ts';
import { type JudgeOptions, judgePools, type PoolVerdict, poolKey } from '../../storage/score/judge-pools.ts';
import type { Promised } from '../../storage/score/refuse-pool.ts';
import { highestPoolScore } from '../../storage/score/score-pool.ts';
import type { StorageState } from '../../storage/storage-state.ts';
import type { AdmittedClaim } from './claim.ts';
import { inability } from './class-abilities.ts';
import { capacityFor, nodesFor } from './class-capacity.ts';
import { type Backing, backingOf } from './class-pools.ts';
import { quotaRefusal } from './class-quota.ts';

export const candidateLabel = 'barograph.dev/candidate';

/** Everything that the choice of a class depends on besides the claim: in memory, read at once. */
export interface ClassWorld {
  readonly classes: ClaimClassView;
  readonly nodes: () => Iterable<NodeView>;
  readonly quotas: (namespace: string) => readonly QuotaView[];
  readonly state: StorageState | undefined;
  /** fsids by ceph-csi's clusterID, where it is another name. */
  readonly fsids: Readonly<Record<string, string>>;
  readonly maxAgeSeconds: number;
  readonly failureRisk: number;
  /** What was promised of late, by poolKey or `class/<name>`, and to the quotas of a namespace: for one class, or in all. */
  readonly promised: (key: string) => Promised;
  readonly inFlight: (namespace: string, storageClass: string | undefined) => Promised;
}

export interface JudgedClass extends ClaimClass {
  /** What recent placements are counted under. */
  readonly key: string;
  readonly size: number;
}

type Answer = Pick<JudgedClass, 'key' | 'size' | 'pools' | 'score' | 'parts' | 'refused'>;

/** Every candidate, and the class that the claim came with, judged for it: the best first, those that are refused last. Pure. */
export function judgeClasses(
  claim: AdmittedClaim,
  objective: Objective,
  world: ClassWorld,
  nowSeconds: number,
): JudgedClass[] {
  const judged = consideredClasses(claim, world.classes).map(({ view, isCandidate }) => {
    const answer = judgeClass(view, claim, objective, world, nowSeconds);
    const recentClaims = Math.round(100 * world.promised(answer.key).claims) / 100;
    return { name: view.name, candidate: isCandidate, recentClaims, ...answer };
  });
  return judged.toSorted((one, other) => (other.score ?? -1) - (one.score ?? -1) || (one.name < other.name ? -1 : 1));
}

function consideredClasses(
  claim: AdmittedClaim,
  classes: ClaimClassView,
): { view: StorageClassView; isCandidate: boolean }[] {
  const candidates = [...classes.storageClasses()].filter(({ labels }) => labels[candidateLabel] === 'true');
  const considered = candidates.map((view) => ({ view, isCandidate: true }));
  const own = claim.storageClass === '' ? undefined : classes.storageClass(claim.storageClass);
  if (own === undefined || candidates.some(({ name }) => name === own.name)) return considered;
  return [...considered, { view: own, isCandidate: false }];
}

function judgeClass(
  view: StorageClassView,
  claim: AdmittedClaim,
  objective: Objective,
  world: ClassWorld,
  nowSeconds: number,
): Answer {
  const backing = backingOf(view, world.state, world.fsids);
  const pools = backing.kind === 'ceph' ? [backing.data, ...backing.others] : [];
  const about = {
    key: backing.kind === 'ceph' ? poolKey(backing.data) : `class/${view.name}`,
    size: Math.max(1, backing.kind === 'ceph' ? backing.data.reading.osds.length : 1),
    pools: pools.map(poolKey),
  };
  const refused = refusals(view, claim, world, backing);
  const byPools = backing.kind === 'ceph' ? byVerdicts(backing, claim, objective, world, nowSeconds) : undefined;
  if (byPools !== undefined) {
    const all = [...refused, ...byPools.refused];
    return { ...about, score: all.length > 0 ? null : byPools.score, parts: byPools.parts, refused: all };
  }
  const byCapacity =
    backing.kind === 'csi' ? byDriver(view, claim, world) : { score: null, parts: [], refused: [], size: 1 };
  const all = [...refused, ...byCapacity.refused];
  return { ...about, ...byCapacity, score: all.length > 0 ? null : byCapacity.score, refused: all };
}

function refusals(
  view: StorageClassView,
  claim: AdmittedClaim,
  world: ClassWorld,
  backing: Backing,
): ClaimClass['refused'] {
  const refused: { reason: string; text: string }[] = [];
  const unable = inability(view, claim);
  if (unable !== undefined) refused.push({ reason: 'unable', text: unable });
  const { namespace, bytes } = claim;
  const inFlight = { ofClass: world.inFlight(namespace, view.name), ofAll: world.inFlight(namespace, undefined) };
  const overQuota = quotaRefusal(view.name, bytes, world.quotas(namespace), inFlight);
  if (overQuota !== undefined) refused.push({ reason: 'quota-exhausted', text: overQuota });
  if (view.allowedNodes !== undefined && nodesFor(view, world.nodes()).length === 0) {
    refused.push({ reason: 'topology', text: 'no node that is ready is in its allowed topologies' });
  }
  if (backing.kind === 'unknown') refused.push({ reason: 'unknown', text: backing.why });
  return refused;
}

function byVerdicts(
  { data, others }: Extract<Backing, { kind: 'ceph' }>,
  claim: AdmittedClaim,
  objective: Objective,
  world: ClassWorld,
  nowSeconds: number,
): Pick<Answer, 'score' | 'parts' | 'refused'> {
  const { state, maxAgeSeconds, failureRisk, promised } = world;
  const options: JudgeOptions = { nowSeconds, maxAgeSeconds, failureRisk, promised };
  const known = state ?? { madeSeconds: nowSeconds, clusters: [], volumes: [], failures: [] };
  const request = { bytes: claim.bytes, latency: objective.latency, throughput: objective.throughput };
  // All pools of its cluster are judged along: a latency is good or bad beside those of the others.
  const cluster = known.clusters.find((one) => one.cluster === data.cluster);
  const verdicts = judgePools(cluster?.pools ?? [data], known, request, options);
  const own = verdicts.find(({ pool }) => pool.id === data.id);
  const beside = judgePools(others, known, { ...request, bytes: 0, throughput: undefined }, options);
  const refused = [own, ...beside].flatMap((verdict) => (verdict?.kind === 'refused' ? named(verdict) : []));
  if (own?.kind !== 'fits') return { score: null, parts: [], refused };
  return { score: own.score, parts: own.parts, refused };
}

function named({ pool, refused }: Extract<PoolVerdict, { kind: 'refused' }>): ClaimClass['refused'] {
  return refused.map(({ reason, text }) => ({ reason, text: `pool ${pool.name}: ${text}` }));
}

/** Of a driver that is not Ceph's only room is known: everything else counts half. */
const roomWeight = 2;
const otherWeight = 8;

function byDriver(
  view: StorageClassView,
  { bytes }: AdmittedClaim,
  world: ClassWorld,
): Pick<Answer, 'score' | 'parts' | 'refused' | 'size'> {
  const nodes = nodesFor(view, world.nodes());
  const verdict = capacityFor(view, bytes, {
    classes: world.classes,
    nodes,
    promised: world.promised(`class/${view.name}`),
  });
  if (verdict.kind === 'refused') {
    return { score: null, parts: [], size: 1, refused: [{ reason: 'no-room', text: verdict.text }] };
  }
  const room = verdict.kind === 'fits' ? verdict.share : 0.5;
  const text = verdict.kind === 'fits' ? verdict.text : 'its driver does not say what is free';
  const score = (highestPoolScore * (otherWeight / 2 + roomWeight * room)) / (otherWeight + roomWeight);
  return {
    score: Math.round(score * 100) / 100,
    size: verdict.kind === 'fits' ? verdict.segments : 1,
    refused: [],
    parts: [{ part: 'room', value: room, weight: roomWeight, text }],
  };
}
