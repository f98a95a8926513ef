import type { CephReading, VolumeReading } from '../core/storage.ts';
import type { TimeRange } from '../core/time-range.ts';

/** Where readings of one Ceph cluster come from. Every method may throw SOURCE_UNAVAILABLE. */
export interface StorageSource {
  readonly kind: string;
  read(signal?: AbortSignal): Promise<CephReading>;
  /** What was read before, oldest first; only where somebody kept it. */
  history?(range: TimeRange, stepSeconds: number, signal?: AbortSignal): AsyncIterable<CephReading>;
  /** The volumes of pods, where kubelet's metrics are there. */
  volumes?(signal?: AbortSignal): Promise<readonly VolumeReading[]>;
  close(): Promise<void>;
}
