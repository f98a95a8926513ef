import type { ExecutableStep } from '../../storage/plan/storage-plan.ts';
import type { LiveCluster, LiveOsd, LivePool } from './live-cluster.ts';

/** Why a step is not carried out; part of the API (conditions of a StoragePlan). */
export const blockReasons = [
  'read-only',
  'unreachable',
  'other-cluster',
  'unknown-osd',
  'unhealthy',
  'flags',
  'not-clean',
  'another-domain',
  'under-min-size',
  'no-place',
  'no-room',
] as const;

export type BlockReason = (typeof blockReasons)[number];

export interface Block {
  readonly reason: BlockReason;
  readonly text: string;
}

/** What is to happen with a step now. */
export type Guarded =
  | { readonly kind: 'go' }
  /** It is made, and its data is still on the way. */
  | { readonly kind: 'running'; readonly text: string }
  | { readonly kind: 'done' }
  | ({ readonly kind: 'blocked' } & Block);

// With these nothing is moved, whatever else is said.
const stoppingFlags = [
  'pauserd',
  'pausewr',
  'noout',
  'nobackfill',
  'norebalance',
  'norecover',
  'noin',
  'noup',
  'nodown',
];
const stoppingChecks = ['MON_DOWN', 'OSD_FULL', 'OSD_BACKFILLFULL', 'OBJECT_UNFOUND'];
const weightTolerance = 0.01;

/** Whether a step may be carried out on a cluster that is so. Every rule says no when in doubt. */
export function guardStep(step: ExecutableStep, live: LiveCluster): Guarded {
  const osd = live.osds.find(({ id }) => id === step.osd);
  if (osd === undefined) return blocked('unknown-osd', `there is no osd.${step.osd}`);
  const isClean = live.placementGroups.clean === live.placementGroups.total;
  if (isMade(step, osd)) return isClean && isEmptied(step, osd) ? { kind: 'done' } : running(osd, live);
  const block =
    healthBlock(live) ??
    (isClean ? undefined : cleanBlock(live)) ??
    (takesAway(step) ? (domainBlock(osd, live) ?? sizeBlock(osd, live)) : undefined) ??
    roomBlock(step, osd, live);
  return block ?? { kind: 'go' };
}

/** The words of the ceph command that carry out a step. */
export function cephWords(step: ExecutableStep): readonly string[] {
  switch (step.kind) {
    case 'osd-out':
      return ['osd', 'out', String(step.osd)];
    case 'osd-reweight':
      return ['osd', 'reweight', String(step.osd), String(step.weight)];
    case 'osd-crush-reweight':
      return ['osd', 'crush', 'reweight', `osd.${step.osd}`, String(step.weight)];
  }
}

function isMade(step: ExecutableStep, osd: LiveOsd): boolean {
  switch (step.kind) {
    case 'osd-out':
      return !osd.in || osd.reweight === 0;
    case 'osd-reweight':
      // Somebody took off more: that is not undone.
      return osd.reweight <= step.weight + weightTolerance;
    case 'osd-crush-reweight':
      return osd.crushWeight <= step.weight + weightTolerance;
  }
}

/** Whether a step leaves an OSD without data. */
function takesAway(step: ExecutableStep): boolean {
  return step.kind === 'osd-out' || step.weight === 0;
}

function isEmptied(step: ExecutableStep, osd: LiveOsd): boolean {
  return !takesAway(step) || osd.placementGroups === 0;
}

function running(osd: LiveOsd, { placementGroups: { total, clean } }: LiveCluster): Guarded {
  const text = `${total - clean} of ${total} placement groups are not clean yet, ${osd.placementGroups} are on osd.${osd.id}`;
  return { kind: 'running', text };
}

function healthBlock({ health, checks, flags }: LiveCluster): Guarded | undefined {
  const check = checks.find((code) => stoppingChecks.includes(code));
  if (check !== undefined) return blocked('unhealthy', `the cluster says ${check}`);
  if (health !== 'HEALTH_OK' && health !== 'HEALTH_WARN') return blocked('unhealthy', `the cluster says ${health}`);
  const flag = flags.find((one) => stoppingFlags.includes(one));
  return flag === undefined ? undefined : blocked('flags', `the flag ${flag} is set: somebody is at work`);
}

function cleanBlock({ placementGroups: { total, clean } }: LiveCluster): Guarded {
  return blocked('not-clean', `${total - clean} of ${total} placement groups are not active and clean`);
}

/** One failure domain at a time: nothing else that its pools use is out of service in another one. */
function domainBlock(osd: LiveOsd, live: LiveCluster): Guarded | undefined {
  for (const pool of poolsOn(osd, live)) {
    const own = domainOf(osd, pool);
    const other = live.osds.find(
      (one) => one.id !== osd.id && mayHold(one, pool) && !isWorking(one) && domainOf(one, pool) !== own,
    );
    if (other === undefined) continue;
    const { failureDomain } = pool.rule;
    const text = `osd.${other.id}, of another ${failureDomain}, is out of service for the pool ${pool.name}: bring it back or remove it first`;
    return blocked('another-domain', text);
  }
  return undefined;
}

/** Each replica keeps a place of its own, and no pool comes near its min_size. */
function sizeBlock(osd: LiveOsd, live: LiveCluster): Guarded | undefined {
  for (const pool of poolsOn(osd, live)) {
    const domains = new Set(othersOf(osd, pool, live).map((one) => domainOf(one, pool))).size;
    const { name, size, minSize, rule } = pool;
    const left = `the pool ${name} would have ${domains} ${rule.failureDomain}s left`;
    if (domains < minSize) return blocked('under-min-size', `${left}, its min_size is ${minSize}`);
    if (domains < size) return blocked('no-place', `${left} for ${size} replicas`);
  }
  return undefined;
}

/** What moves must fit below the near-full mark of each that it may go to. */
function roomBlock(step: ExecutableStep, osd: LiveOsd, live: LiveCluster): Guarded | undefined {
  const share = step.kind === 'osd-out' ? 1 : movedShare(step, osd);
  for (const pool of poolsOn(osd, live)) {
    const takers = takersOf(osd, pool, live);
    const weight = takers.reduce((sum, one) => sum + weightOf(one), 0);
    for (const one of takers) {
      const after = one.usedBytes + (share * osd.usedBytes * weightOf(one)) / weight;
      if (after <= live.nearFullRatio * one.totalBytes) continue;
      const full = Math.round((100 * after) / one.totalBytes);
      return blocked('no-room', `osd.${one.id} would be ${full} % full`);
    }
  }
  return undefined;
}

function movedShare(step: Exclude<ExecutableStep, { kind: 'osd-out' }>, osd: LiveOsd): number {
  const before = step.kind === 'osd-reweight' ? osd.reweight : osd.crushWeight;
  return before > 0 ? Math.min(1, Math.max(0, 1 - step.weight / before)) : 0;
}

/** Where all domains are needed for the replicas, data stays within its own. */
function takersOf(osd: LiveOsd, pool: LivePool, live: LiveCluster): readonly LiveOsd[] {
  const others = othersOf(osd, pool, live);
  const domains = new Set([osd, ...others].map((one) => domainOf(one, pool))).size;
  const beside = others.filter((one) => domainOf(one, pool) === domainOf(osd, pool));
  return domains <= pool.size && beside.length > 0 ? beside : others;
}

function poolsOn(osd: LiveOsd, { pools }: LiveCluster): readonly LivePool[] {
  return pools.filter((pool) => mayHold(osd, pool));
}

function othersOf(osd: LiveOsd, pool: LivePool, { osds }: LiveCluster): readonly LiveOsd[] {
  return osds.filter((one) => one.id !== osd.id && mayHold(one, pool) && isWorking(one));
}

function mayHold(osd: LiveOsd, { rule }: LivePool): boolean {
  return rule.takes.some(
    ({ bucket, deviceClass }) =>
      Object.values(osd.above).includes(bucket) && (deviceClass === undefined || deviceClass === osd.deviceClass),
  );
}

function isWorking(osd: LiveOsd): boolean {
  return osd.up && osd.in && weightOf(osd) > 0;
}

function weightOf({ reweight, crushWeight }: LiveOsd): number {
  return reweight * crushWeight;
}

/** The bucket that holds one replica; an OSD whose bucket is not known is one of its own. */
function domainOf(osd: LiveOsd, { rule }: LivePool): string {
  return osd.above[rule.failureDomain] ?? `osd.${osd.id}`;
}

function blocked(reason: BlockReason, text: string): Guarded {
  return { kind: 'blocked', reason, text };
}
