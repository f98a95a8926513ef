import type { CephReading, OsdReading, PoolReading } from '../../src/core/storage.ts';
import { readDiskModel } from '../../src/storage/disk-model-file.ts';
import type { JudgeOptions } from '../../src/storage/score/judge-pools.ts';
import type { PoolRequest } from '../../src/storage/score/pool-request.ts';
import { nothingPromised } from '../../src/storage/score/refuse-pool.ts';
import { StorageModels } from '../../src/storage/storage-models.ts';
import type { StorageState } from '../../src/storage/storage-state.ts';
import { cephReading, diskReading, gibibyte, osdReading, poolReading, writing } from '../support/ceph-readings.ts';

export const startSeconds = 1_764_000_000;
const interval = 30;

export const modelsOptions = {
  diskModel: readDiskModel(undefined),
  failureRisk: 0.25,
  replacementRisk: 0.05,
  diskMaxAgeSeconds: 36 * 3600,
  horizonSeconds: 12 * 3600,
  stepSeconds: 1800,
};

/** What one pool and the OSD below it are like. */
export interface SmallPool {
  /** Writes a second, and how long each takes. */
  readonly load?: readonly [ops: number, seconds: number];
  readonly osd?: Partial<OsdReading>;
  readonly pool?: Partial<PoolReading>;
  /** Its disk says that it fails. */
  readonly isDying?: boolean;
}

/** A reading of three pools, each on an OSD of its own. */
export function readingOf(timeSeconds: number, pools: Readonly<Record<string, SmallPool>>): CephReading {
  const all = Object.entries(pools);
  return cephReading(timeSeconds, {
    pools: all.map(([name, { load, pool }], id) =>
      poolReading(id, name, { ...(load && { rates: writing(...load).rates }), ...pool }),
    ),
    osds: all.map(([, { load, osd }], id) => osdReading(id, { ...(load && writing(...load)), ...osd })),
    disks: new Map(
      all.map(([, { isDying = false }], id) => [`DISK_${id}`, diskReading(`S${id}`, timeSeconds, !isDying)]),
    ),
  });
}

export const quiet: SmallPool = { load: [10, 0.002] };
export const loaded: SmallPool = { load: [400, 0.06] };
export const slowed: SmallPool = { load: [10, 0.36] };
export const nearlyFull: SmallPool = {
  ...quiet,
  osd: { usedBytes: 84 * gibibyte },
  pool: { storedBytes: 84 * gibibyte, availableBytes: 11 * gibibyte },
};

/** What is known after an hour in which pools were quiet and ten minutes in which they are as said. */
export function stateOf(pools: Readonly<Record<string, SmallPool>>): StorageState {
  const models = new StorageModels(modelsOptions);
  const calm = Object.fromEntries(Object.entries(pools).map(([name, one]) => [name, { ...one, ...quiet }]));
  let time = startSeconds - 70 * 60;
  for (; time < startSeconds - 600; time += interval) models.take('ceph', readingOf(time, calm));
  for (; time <= startSeconds; time += interval) models.take('ceph', readingOf(time, pools));
  return models.state(startSeconds);
}

export const small: PoolRequest = { bytes: 2 * gibibyte, latency: undefined, throughput: undefined };

export const judgeOptions: JudgeOptions = {
  nowSeconds: startSeconds,
  maxAgeSeconds: 300,
  failureRisk: 0.25,
  promised: () => nothingPromised,
};
