import type { PerResource, Resource } from './resource.ts';
import type { WorkloadKey } from './workload.ts';

export type Mode = 'enforce' | 'observe' | 'off';

/** Why a resource or a whole pod stays as it is; part of the API (labels of metrics, `barograph explain`). */
export const unchangedReasons = [
  'already-decided',
  'bounds-off',
  'controlled-by-hpa',
  'controlled-by-vpa',
  'deadline-near',
  'guaranteed-memory-kept',
  'mode-off',
  'no-forecast',
  'no-objective',
  'not-synced',
  'outlook-stale',
  'pod-level-resources',
  'pod-not-supported',
  'quota-exhausted',
  'unreadable',
  'within-bounds',
] as const;

export type UnchangedReason = (typeof unchangedReasons)[number];

/** Requests and limits of one container, millicores and bytes; absent where unset. */
export interface ContainerResources {
  readonly requests: Partial<PerResource<number>>;
  readonly limits: Partial<PerResource<number>>;
}

export interface ContainerDecision {
  readonly name: string;
  readonly before: ContainerResources;
  readonly after: ContainerResources;
  readonly objective: { readonly cpuExceeded: number; readonly memoryExceeded: number };
  readonly forecast?: {
    readonly levels: PerResource<readonly number[]>;
    readonly values: PerResource<readonly number[]>;
    readonly horizonSeconds: number;
  };
  readonly model?: PerResource<string>;
  readonly data?: { readonly from: string; readonly to: string; readonly samples: number };
  /** One line per resource: what was done, or why not. */
  readonly reason: Readonly<Record<Resource, string>>;
}

/** The whole of a decision, as the knowledge base keeps it and `/api/v1/decisions/{id}` gives it. */
export interface Decision {
  readonly id: string;
  readonly time: string;
  readonly mode: Mode;
  readonly workload: WorkloadKey | null;
  readonly containers: readonly ContainerDecision[];
  readonly warnings: readonly string[];
  readonly placement: Placement | null;
  readonly counterfactual: { readonly static: StaticCounterfactual | null };
  readonly outlookVersion: number;
}

export interface Placement {
  readonly node: string;
  readonly score: number;
  readonly reason: string;
}

/** What the requests as written would have meant, by the forecast: unused share of them and risk of exceeding them. */
export interface StaticCounterfactual {
  readonly slack: PerResource<number | null>;
  readonly exceeded: PerResource<number | null>;
}
