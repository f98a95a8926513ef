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
  /** Where the decision is about a claim: then there are no containers. */
  readonly claim?: ClaimDecision;
}

/** What became of a claim's StorageClass, and why. */
export interface ClaimDecision {
  readonly bytes: number;
  readonly accessModes: readonly string[];
  readonly volumeMode: string;
  /** As written on the claim. */
  readonly objective: { readonly latency?: string; readonly throughput?: string };
  /** The class it came with, and the one that is best for it; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string;
  /** Every class that was looked at, the best first. */
  readonly classes: readonly ClaimClass[];
}

export interface ClaimClass {
  readonly name: string;
  /** Whether it may be chosen; the class that the claim came with is shown in any case. */
  readonly candidate: boolean;
  /** `<fsid>/<pool>` of what its data is put on; empty where that is not known. */
  readonly pools: readonly string[];
  /** 0–10; null where it is refused. */
  readonly score: number | null;
  /** Claims that got it a moment ago, the older ones counting less. */
  readonly recentClaims: number;
  readonly parts: readonly {
    readonly part: string;
    readonly value: number;
    readonly weight: number;
    readonly text: string;
  }[];
  readonly refused: readonly { readonly reason: string; readonly text: string }[];
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
