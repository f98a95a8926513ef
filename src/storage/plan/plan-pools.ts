import { addCapacity } from '../../predict/capacity/add-capacity.ts';
import { rawPerByte } from '../pool-room.ts';
import type { ClusterOutlook, PoolOutlook } from '../storage-state.ts';
import { clusterPart, planId } from './plan-id.ts';
import { type PlanOptions, stickyShare } from './plan-options.ts';
import { bytesText, dateOf } from './plan-words.ts';
import type { StoragePlan } from './storage-plan.ts';

// A pool that uses more than this share of what its history shows it can do waits; one below this may take more.
const tooBusy = 0.9;
const hasRoomBelow = 0.6;

/** Capacity to add before pools fill, and volumes to move off pools that cannot keep up. */
export function planPools(cluster: ClusterOutlook, options: PlanOptions): StoragePlan[] {
  return cluster.pools.flatMap((pool) => [
    ...(growPlan(pool, cluster, options) ?? []),
    ...(unloadPlan(pool, cluster, options) ?? []),
  ]);
}

function growPlan(pool: PoolOutlook, cluster: ClusterOutlook, options: PlanOptions): StoragePlan[] | undefined {
  const { nearFull, growthBytesPerDay, reading } = pool;
  const diskBytes = usualDiskBytes(pool, cluster);
  if (nearFull === undefined || growthBytesPerDay === undefined || diskBytes === undefined) return undefined;
  const advice = addCapacity({
    growthBytesPerDay: growthBytesPerDay * rawPerByte(reading),
    nearFull,
    nowSeconds: options.nowSeconds,
    leadDays: options.leadDays,
    lastsDays: options.lastsDays,
    diskBytes,
    nearFullRatio: cluster.ratios.nearFull,
  });
  if (advice === undefined) return undefined;
  const { rawBytes, disks, orderBySeconds, inPlaceBySeconds, isUrgent } = advice;
  const median = nearFull.p50 === undefined ? 'not in sight' : dateOf(nearFull.p50);
  const { deviceClass } = reading;
  const share = `${Math.round(100 * pool.usedShare)} % full`;
  return [
    {
      id: planId(clusterPart(cluster.cluster), 'pool', pool.name, 'grow'),
      cluster: cluster.cluster,
      subject: `pool ${pool.name}`,
      reason: `${share}, grows by ${bytesText(growthBytesPerDay)} a day: near full from ${dateOf(nearFull.p10 ?? options.nowSeconds)} on (median ${median})`,
      isUrgent,
      steps: [
        {
          kind: 'add-capacity',
          pool: pool.name,
          rawBytes,
          disks,
          diskBytes,
          deviceClass,
          orderBySeconds,
          inPlaceBySeconds,
        },
      ],
    },
  ];
}

/** The median size of the OSDs that the pool uses. */
function usualDiskBytes({ reading }: PoolOutlook, { osds }: ClusterOutlook): number | undefined {
  const own = new Set(reading.osds);
  const sizes = osds
    .filter(({ id }) => own.has(id))
    .map(({ reading: osd }) => osd.totalBytes)
    .filter((bytes) => bytes > 0)
    .sort((one, other) => one - other);
  return sizes[sizes.length >> 1];
}

function unloadPlan(pool: PoolOutlook, cluster: ClusterOutlook, options: PlanOptions): StoragePlan[] | undefined {
  const id = planId(clusterPart(cluster.cluster), 'pool', pool.name, 'unload');
  const { now, steps } = pool.load.saturation;
  const most = options.previous?.has(id) === true ? stickyShare * tooBusy : tooBusy;
  const busy = steps.filter((share) => share >= most).length;
  // For a moment every pool may be busy: half of what is foreseen counts, and now.
  if (!(now >= most) || steps.length === 0 || busy * 2 < steps.length) return undefined;
  return [
    {
      id,
      cluster: cluster.cluster,
      subject: `pool ${pool.name}`,
      reason: `uses ${percent(now)} of what it can do, and will in ${busy} of the next ${steps.length} steps`,
      isUrgent: false,
      steps: [{ kind: 'move-volumes', pool: pool.name, to: quietPool(pool, cluster)?.name }],
    },
  ];
}

/** The quietest pool of the same application that takes volumes and shares no OSD. */
function quietPool(from: PoolOutlook, { pools }: ClusterOutlook): PoolOutlook | undefined {
  const own = new Set(from.reading.osds);
  const candidates = pools.filter(
    ({ reading, refused, load }) =>
      reading.application === from.reading.application &&
      refused.length === 0 &&
      load.saturation.now < hasRoomBelow &&
      !reading.osds.some((osd) => own.has(osd)),
  );
  return candidates.toSorted((one, other) => one.load.saturation.now - other.load.saturation.now)[0];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
