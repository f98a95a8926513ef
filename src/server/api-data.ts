import type { Decision } from '../core/decision.ts';
import type { ContainerForecast, Outlook } from '../core/outlook.ts';
import type { WorkloadKey } from '../core/workload.ts';
import type { StorageReport } from '../storage/storage-report.ts';
import type { ModelCacheCounts } from '../train/model-cache.ts';

/** What `/api/v1` reads. */
export interface ApiData {
  decision(id: string, scope?: Scope): Promise<Decision | undefined>;
  /** The newest first. matchesQuery() says which. */
  decisions(query: DecisionQuery): Promise<readonly Decision[]>;
  status(): ServerStatus;
  /** Of every container of a workload; none when nothing is known of it. */
  forecasts(workload: WorkloadKey): Promise<readonly ContainerForecast[]>;
  outlook(): Outlook | undefined;
  /** Pools, disks and plans; undefined where nothing of storage is configured. */
  storage(): StorageReport | undefined;
}

/** Which replicas are asked for decisions: all, or only the one that is called. */
export type Scope = 'all' | 'local';

export interface DecisionQuery {
  readonly scope?: Scope;
  readonly limit: number;
  readonly namespace?: string;
  readonly workload?: { readonly kind?: string; readonly name: string };
}

export interface ServerStatus {
  /** Of Barograph. */
  readonly version: string;
  readonly ready: boolean;
  readonly outlook:
    | {
        readonly version: number;
        readonly madeSeconds: number;
        readonly dataSeconds: number;
        readonly ageSeconds: number;
        /** Whether it is young enough to be acted on. */
        readonly fresh: boolean;
        readonly containers: number;
        readonly nodes: number;
      }
    | undefined;
  readonly trainedToSeconds: number | undefined;
  readonly cache: ModelCacheCounts & { readonly bytes: number; readonly size: number };
  readonly sources: readonly {
    readonly kind: string;
    readonly errors: number;
    /** Without secrets. */
    readonly lastError?: string | undefined;
  }[];
}

/** Whether a decision is of the namespace and workload asked for; its limit is not looked at. */
export function matchesQuery({ workload }: Decision, query: DecisionQuery): boolean {
  if (query.namespace !== undefined && workload?.namespace !== query.namespace) return false;
  if (query.workload === undefined) return true;
  if (workload?.name !== query.workload.name) return false;
  return query.workload.kind === undefined || workload.kind === query.workload.kind;
}
