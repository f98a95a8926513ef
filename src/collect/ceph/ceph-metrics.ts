import type { ClusterSample } from './cluster-sample.ts';

/** Where the metrics of a cluster are looked at. */
export interface CephMetrics {
  readonly kind: string;
  /** Throws SOURCE_UNAVAILABLE. The same object again when nothing was measured since. */
  sample(signal: AbortSignal | undefined): Promise<ClusterSample>;
  /** What was measured a while ago, where it was kept and is whole enough. */
  earlier?(signal: AbortSignal | undefined): Promise<ClusterSample | undefined>;
  close(): void;
}
