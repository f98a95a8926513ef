import type { CephReading, VolumeReading } from '../core/storage.ts';
import { type FillDates, fillDates } from '../predict/capacity/fill-dates.ts';
import { ThinnedSeries } from '../predict/capacity/thinned-series.ts';
import type { UsedHistory } from '../predict/capacity/used-history.ts';
import { seededRandom } from '../predict/disk/random.ts';
import { ClusterModels, type ClusterModelsOptions, type SavedCluster } from './cluster-models.ts';
import type { StorageState, VolumeOutlook } from './storage-state.ts';

export interface StorageModelsOptions extends ClusterModelsOptions {
  /** How far ahead pools are looked at. */
  readonly horizonSeconds: number;
  readonly stepSeconds: number;
}

interface Volume {
  readonly series: ThinnedSeries;
  newest: VolumeReading;
  /** When it is full, and when that was computed. */
  full: FillDates | undefined;
  datedSeconds: number;
}

/** What was learned of storage. */
export interface SavedStorage {
  readonly clusters: readonly { readonly source: string; readonly models: SavedCluster }[];
  readonly volumes: readonly { readonly newest: VolumeReading; readonly used: UsedHistory }[];
}

/** A volume that kubelet does not show for this long is gone, or its pod is. */
const volumeForgottenSeconds = 86_400;
/** Thousands of volumes are not computed at each reading. */
const volumeDatesSeconds = 600;

/** Learns from readings of Ceph clusters and of volumes, and says what is expected of them. */
export class StorageModels {
  readonly #options: StorageModelsOptions;
  readonly #clusters = new Map<string, ClusterModels>();
  readonly #volumes = new Map<string, Volume>();
  readonly #failures = new Map<string, { readonly message: string; readonly sinceSeconds: number }>();

  constructor(options: StorageModelsOptions) {
    this.#options = options;
  }

  save(): SavedStorage {
    return {
      clusters: [...this.#clusters].map(([source, models]) => ({ source, models: models.save() })),
      volumes: [...this.#volumes.values()].map(({ newest, series }) => ({ newest, used: series.history() })),
    };
  }

  /** Goes on from what save() gave. Throws OUTLOOK_INVALID when that is damaged. */
  restore({ clusters, volumes }: SavedStorage): void {
    for (const { source, models } of clusters) this.#clusters.set(source, new ClusterModels(this.#options, models));
    for (const { newest, used } of volumes) {
      const key = `${newest.namespace}/${newest.claim}`;
      this.#volumes.set(key, { ...newVolume(newest), series: ThinnedSeries.of(used) });
    }
  }

  /** `source` tells sources apart that do not know their cluster's fsid. */
  take(source: string, reading: CephReading): void {
    const models = this.#clusters.get(source) ?? new ClusterModels(this.#options);
    this.#clusters.set(source, models);
    models.take(reading);
    this.#failures.delete(source);
  }

  /** Forgets what was read of a source: its history is about to come, oldest first. */
  beginAnew(source: string): void {
    this.#clusters.delete(source);
  }

  takeVolumes(readings: readonly VolumeReading[]): void {
    for (const reading of readings) {
      const key = `${reading.namespace}/${reading.claim}`;
      const volume = this.#volumes.get(key) ?? newVolume(reading);
      this.#volumes.set(key, volume);
      volume.newest = reading;
      volume.series.add(reading.timeSeconds, reading.usedBytes);
    }
  }

  failed(source: string, message: string, nowSeconds: number): void {
    const sinceSeconds = this.#failures.get(source)?.sinceSeconds ?? nowSeconds;
    this.#failures.set(source, { message, sinceSeconds });
  }

  state(nowSeconds: number): StorageState {
    const { stepSeconds, horizonSeconds } = this.#options;
    const steps = Math.max(1, Math.round(horizonSeconds / stepSeconds));
    const horizon = { startSeconds: nowSeconds, stepSeconds, steps };
    return {
      madeSeconds: nowSeconds,
      clusters: [...this.#clusters.values()].flatMap((models) => models.outlook(horizon, nowSeconds) ?? []),
      volumes: this.#volumeOutlooks(nowSeconds),
      failures: [...this.#failures].map(([source, failure]) => ({ source, ...failure })),
    };
  }

  #volumeOutlooks(nowSeconds: number): VolumeOutlook[] {
    const outlooks: VolumeOutlook[] = [];
    for (const [key, volume] of this.#volumes) {
      const { namespace, claim, usedBytes, capacityBytes, timeSeconds } = volume.newest;
      if (nowSeconds - timeSeconds > volumeForgottenSeconds) {
        this.#volumes.delete(key);
        continue;
      }
      date(volume, nowSeconds);
      outlooks.push({ namespace, claim, usedBytes, capacityBytes, full: volume.full });
    }
    return outlooks;
  }
}

function newVolume(newest: VolumeReading): Volume {
  return { series: new ThinnedSeries(), newest, full: undefined, datedSeconds: Number.NEGATIVE_INFINITY };
}

function date(volume: Volume, nowSeconds: number): void {
  if (Math.abs(nowSeconds - volume.datedSeconds) < volumeDatesSeconds) return;
  const capacity = volume.newest.capacityBytes;
  volume.full = fillDates(volume.series.history(), { capacity, nowSeconds, random: seededRandom(1) });
  volume.datedSeconds = nowSeconds;
}
