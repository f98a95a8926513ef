import type { DiskReading } from '../core/disk.ts';
import type { CephReading, IoRates, OsdReading, PoolReading } from '../core/storage.ts';
import { earlierOf, type FillDates, fillDates } from '../predict/capacity/fill-dates.ts';
import { growthPerDay } from '../predict/capacity/growth.ts';
import { ThinnedSeries } from '../predict/capacity/thinned-series.ts';
import type { UsedHistory } from '../predict/capacity/used-history.ts';
import { assessDisk } from '../predict/disk/assess.ts';
import type { DiskModel } from '../predict/disk/disk-model.ts';
import { seededRandom } from '../predict/disk/random.ts';
import type { Horizon } from '../predict/forecaster.ts';
import { meanLatency, operationsInFlight } from '../predict/pool-load/latency-mixture.ts';
import { PoolLoadModel, type SavedPoolLoad } from '../predict/pool-load/pool-load-model.ts';
import { diskRiskOf } from './disk-risk.ts';
import { poolRefusals } from './pool-refusals.ts';
import { fullestShare, osdsOf, poolRoom, quotaShare, usedShareOf } from './pool-room.ts';
import type { ClusterOutlook, OsdDiskOutlook, OsdOutlook, PoolOutlook } from './storage-state.ts';

export interface ClusterModelsOptions {
  readonly diskModel: DiskModel;
  /** The chance of a failure within 14 days from which a disk counts as failing. */
  readonly failureRisk: number;
  /** The chance of a failure before its replacement that is taken. */
  readonly replacementRisk: number;
  /** A disk that was read longer ago than this does not count as failing. */
  readonly diskMaxAgeSeconds: number;
}

interface PoolModels {
  readonly load: PoolLoadModel;
  readonly stored: ThinnedSeries;
  /** Of the fullest OSD, and of the quota. */
  readonly fullest: ThinnedSeries;
  readonly quota: ThinnedSeries;
}

/** What was learned of a cluster. */
export interface SavedCluster {
  readonly pools: readonly {
    readonly id: number;
    readonly load: SavedPoolLoad;
    readonly stored: UsedHistory;
    readonly fullest: UsedHistory;
    readonly quota: UsedHistory;
  }[];
  readonly osds: readonly { readonly id: number; readonly used: UsedHistory }[];
  readonly disks: ReadonlyMap<string, readonly DiskReading[]>;
}

interface Dates {
  readonly nearFull: FillDates | undefined;
  readonly full: FillDates | undefined;
}

const day = 86_400;
const mostDiskReadings = 60;
/** Dates of single OSDs are for people: they are computed anew this often. */
const osdDatesSeconds = 600;

/** Learns from the readings of one Ceph cluster, and says what is expected of it. Readings come in order. */
export class ClusterModels {
  readonly #options: ClusterModelsOptions;
  readonly #pools = new Map<number, PoolModels>();
  readonly #osds = new Map<number, ThinnedSeries>();
  readonly #disks = new Map<string, DiskReading[]>();
  readonly #assessed = new Map<string, { readonly newest: DiskReading; readonly outlook: OsdDiskOutlook['outlook'] }>();
  readonly #osdDates = new Map<number, { readonly madeSeconds: number; readonly dates: Dates }>();
  #reading: CephReading | undefined;

  /** New ones, or those that go on from what save() gave. Throws OUTLOOK_INVALID when that is damaged. */
  constructor(options: ClusterModelsOptions, saved?: SavedCluster) {
    this.#options = options;
    for (const pool of saved?.pools ?? []) this.#pools.set(pool.id, restoredPool(pool));
    for (const { id, used } of saved?.osds ?? []) this.#osds.set(id, ThinnedSeries.of(used));
    for (const [id, readings] of saved?.disks ?? []) this.#disks.set(id, [...readings]);
  }

  /** What was learned, without the newest reading: it would be old. */
  save(): SavedCluster {
    return {
      pools: [...this.#pools].map(([id, { load, stored, fullest, quota }]) => ({
        id,
        load: load.save(),
        stored: stored.history(),
        fullest: fullest.history(),
        quota: quota.history(),
      })),
      osds: [...this.#osds].map(([id, series]) => ({ id, used: series.history() })),
      disks: this.#disks,
    };
  }

  get reading(): CephReading | undefined {
    return this.#reading;
  }

  take(reading: CephReading): void {
    if (reading.timeSeconds <= (this.#reading?.timeSeconds ?? Number.NEGATIVE_INFINITY)) return;
    this.#reading = reading;
    const osds = new Map(reading.osds.map((osd) => [osd.id, osd]));
    for (const pool of reading.pools) this.#takePool(reading.timeSeconds, pool, osdsOf(pool, osds));
    for (const osd of reading.osds) {
      const series = this.#osds.get(osd.id) ?? new ThinnedSeries();
      this.#osds.set(osd.id, series);
      series.add(reading.timeSeconds, usedShareOf(osd));
    }
    for (const [id, before] of reading.diskHistory ?? []) for (const disk of before) this.#takeDisk(id, disk);
    for (const [id, disk] of reading.disks) this.#takeDisk(id, disk);
    forgetOthers(this.#pools, new Set(reading.pools.map(({ id }) => id)));
    forgetOthers(this.#osds, new Set(osds.keys()));
  }

  /** undefined before the first reading. */
  outlook(horizon: Horizon, nowSeconds: number): ClusterOutlook | undefined {
    const reading = this.#reading;
    if (reading === undefined) return undefined;
    const osds = new Map(reading.osds.map((osd) => [osd.id, osd]));
    const disks = this.#diskOutlooks(reading, nowSeconds);
    const byOsd = Map.groupBy(disks, ({ osd }) => osd);
    return {
      cluster: reading.cluster,
      dataSeconds: reading.timeSeconds,
      health: reading.health,
      checks: reading.health.checks,
      ratios: reading.ratios,
      placementGroups: reading.placementGroups,
      pools: reading.pools.map((pool) =>
        this.#poolOutlook(pool, { reading, osds: osdsOf(pool, osds), byOsd, horizon, nowSeconds }),
      ),
      osds: reading.osds.map((osd) => this.#osdOutlook(osd, reading, byOsd, nowSeconds)),
      disks,
      assumptions: reading.assumptions,
    };
  }

  #takePool(timeSeconds: number, pool: PoolReading, osds: readonly OsdReading[]): void {
    const models = this.#pools.get(pool.id) ?? newPoolModels();
    this.#pools.set(pool.id, models);
    const { rates } = pool;
    const parts = osds.flatMap(latencyParts);
    models.load.update(timeSeconds, {
      iops: rates.readOps + rates.writeOps,
      bytesPerSecond: rates.readBytes + rates.writeBytes,
      latencySeconds: meanLatency(parts),
      inFlight: operationsInFlight(parts) / Math.max(1, osds.length),
    });
    models.stored.add(timeSeconds, pool.storedBytes);
    models.fullest.add(timeSeconds, fullestShare(osds));
    if (pool.quotaBytes !== undefined) models.quota.add(timeSeconds, quotaShare(pool));
  }

  #takeDisk(id: string, disk: DiskReading): void {
    const readings = this.#disks.get(id) ?? [];
    this.#disks.set(id, readings);
    const last = readings.at(-1);
    if (last !== undefined && (last.timeSeconds ?? 0) >= (disk.timeSeconds ?? 0)) {
      if (last.timeSeconds === disk.timeSeconds && last.attributes !== disk.attributes)
        readings[readings.length - 1] = disk;
      return;
    }
    // One reading a day is what the model was learned from.
    if (last !== undefined && Math.floor((last.timeSeconds ?? 0) / day) === Math.floor((disk.timeSeconds ?? 0) / day)) {
      readings.pop();
    }
    readings.push(disk);
    if (readings.length > mostDiskReadings) readings.shift();
  }

  #diskOutlooks({ cluster, osds }: CephReading, nowSeconds: number): OsdDiskOutlook[] {
    return osds.flatMap((osd) =>
      osd.deviceIds.flatMap((deviceId) => {
        const outlook = this.#assess(deviceId, nowSeconds);
        if (outlook === undefined) return [];
        const readSeconds = this.#disks.get(deviceId)?.at(-1)?.timeSeconds;
        const isOld = readSeconds !== undefined && nowSeconds - readSeconds > this.#options.diskMaxAgeSeconds;
        const isFailing = !isOld && (outlook.isFailing || outlook.p14 >= this.#options.failureRisk);
        return [{ cluster, osd: osd.id, host: osd.host, deviceId, outlook, isFailing, readSeconds }];
      }),
    );
  }

  #assess(deviceId: string, nowSeconds: number): OsdDiskOutlook['outlook'] | undefined {
    const readings = this.#disks.get(deviceId) ?? [];
    const newest = readings.at(-1);
    if (newest === undefined) return undefined;
    const known = this.#assessed.get(deviceId);
    if (known?.newest === newest) return known.outlook;
    const { diskModel, replacementRisk } = this.#options;
    const outlook = assessDisk(readings, diskModel, { risk: replacementRisk, today: Math.floor(nowSeconds / day) });
    this.#assessed.set(deviceId, { newest, outlook });
    return outlook;
  }

  #poolOutlook(pool: PoolReading, around: Around): PoolOutlook {
    const { reading, osds, byOsd, horizon, nowSeconds } = around;
    const models = this.#pools.get(pool.id) ?? newPoolModels();
    const { usedShare, ...room } = poolRoom(pool, osds, reading.ratios);
    const disks = diskRiskOf(osds, byOsd);
    const { nearFull, full } = reading.ratios;
    const of = (series: ThinnedSeries, capacity: number): FillDates | undefined =>
      fillDates(series.history(), { capacity, nowSeconds, random: seededRandom(pool.id + 1) });
    const quota = pool.quotaBytes === undefined ? undefined : models.quota;
    return {
      cluster: reading.cluster,
      id: pool.id,
      name: pool.name,
      reading: pool,
      room,
      usedShare,
      nearFull: earlierOf(of(models.fullest, nearFull), quota && of(quota, nearFull)),
      full: earlierOf(of(models.fullest, full), quota && of(quota, 1)),
      growthBytesPerDay: growthPerDay(models.stored.history()),
      load: models.load.outlook(horizon),
      latencyParts: osds.flatMap(latencyParts),
      disks,
      refused: poolRefusals({ pool, osds, disks, reading }),
    };
  }

  #osdOutlook(
    osd: OsdReading,
    { cluster, ratios }: CephReading,
    byOsd: ReadonlyMap<number, readonly OsdDiskOutlook[]>,
    nowSeconds: number,
  ): OsdOutlook {
    const history = (this.#osds.get(osd.id) ?? new ThinnedSeries()).history();
    const growth = growthPerDay(history);
    return {
      cluster,
      id: osd.id,
      reading: osd,
      usedShare: usedShareOf(osd),
      ...this.#datesOfOsd(osd, history, ratios, nowSeconds),
      growthBytesPerDay: growth === undefined ? undefined : growth * osd.totalBytes,
      disks: diskRiskOf([osd], byOsd),
    };
  }

  #datesOfOsd(
    { id }: OsdReading,
    history: ReturnType<ThinnedSeries['history']>,
    ratios: CephReading['ratios'],
    nowSeconds: number,
  ): Dates {
    const known = this.#osdDates.get(id);
    if (known !== undefined && Math.abs(nowSeconds - known.madeSeconds) < osdDatesSeconds) return known.dates;
    const of = (capacity: number): FillDates | undefined =>
      fillDates(history, { capacity, nowSeconds, random: seededRandom(id + 1) });
    const dates = { nearFull: of(ratios.nearFull), full: of(ratios.full) };
    this.#osdDates.set(id, { madeSeconds: nowSeconds, dates });
    return dates;
  }
}

interface Around {
  readonly reading: CephReading;
  readonly osds: readonly OsdReading[];
  readonly byOsd: ReadonlyMap<number, readonly OsdDiskOutlook[]>;
  readonly horizon: Horizon;
  readonly nowSeconds: number;
}

function restoredPool({ load, stored, fullest, quota }: SavedCluster['pools'][number]): PoolModels {
  return {
    load: new PoolLoadModel(load),
    stored: ThinnedSeries.of(stored),
    fullest: ThinnedSeries.of(fullest),
    quota: ThinnedSeries.of(quota),
  };
}

function newPoolModels(): PoolModels {
  return {
    load: new PoolLoadModel(),
    stored: new ThinnedSeries(),
    fullest: new ThinnedSeries(),
    quota: new ThinnedSeries(),
  };
}

/** An OSD's reads and writes, as parts of the latency of what uses it. */
function latencyParts({ rates, readLatencySeconds, writeLatencySeconds }: OsdReading) {
  const part = (ops: keyof IoRates, meanSeconds: number) => ({ weight: rates[ops], meanSeconds });
  return [part('readOps', readLatencySeconds), part('writeOps', writeLatencySeconds)];
}

function forgetOthers(held: Map<number, unknown>, kept: ReadonlySet<number>): void {
  for (const id of held.keys()) if (!kept.has(id)) held.delete(id);
}
