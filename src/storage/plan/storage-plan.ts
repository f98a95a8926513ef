/** One thing to do. Bytes are raw; days are since 1970, dates unix seconds. */
export type PlanStep =
  /** `ceph osd out`: its data moves to the others. */
  | { readonly kind: 'osd-out'; readonly osd: number }
  /** `ceph osd reweight`: a share of its data moves. */
  | { readonly kind: 'osd-reweight'; readonly osd: number; readonly weight: number }
  /** `ceph osd crush reweight`: as out, and the weight of its host goes with it, so that data moves once. */
  | { readonly kind: 'osd-crush-reweight'; readonly osd: number; readonly weight: number }
  | {
      readonly kind: 'replace-disk';
      readonly node: string;
      readonly device: string;
      readonly osd: number | undefined;
      readonly byDay: number;
    }
  | { readonly kind: 'move-volumes'; readonly pool: string; readonly to: string | undefined }
  | {
      readonly kind: 'add-capacity';
      readonly pool: string;
      readonly rawBytes: number;
      readonly disks: number;
      readonly diskBytes: number;
      readonly deviceClass: string | undefined;
      readonly orderBySeconds: number;
      readonly inPlaceBySeconds: number;
    };

export type StepKind = PlanStep['kind'];

export const stepKinds = [
  'osd-out',
  'osd-reweight',
  'osd-crush-reweight',
  'replace-disk',
  'move-volumes',
  'add-capacity',
] as const satisfies readonly StepKind[];

/** Steps that the ceph command can do; everything else is advice to people. */
export type ExecutableStep = Extract<PlanStep, { kind: 'osd-out' | 'osd-reweight' | 'osd-crush-reweight' }>;

export function isExecutable(step: PlanStep): step is ExecutableStep {
  return step.kind === 'osd-out' || step.kind === 'osd-reweight' || step.kind === 'osd-crush-reweight';
}

/** What is recommended about one OSD, pool or disk. */
export interface StoragePlan {
  /** The same for the same subject and cause from one look to the next; a name of a Kubernetes object. */
  readonly id: string;
  /** The fsid of its cluster; empty where the disk is of no Ceph cluster, or the fsid is not known. */
  readonly cluster: string;
  /** `osd.3`, `pool rbd`, `disk sdb of node-1`. */
  readonly subject: string;
  readonly reason: string;
  readonly isUrgent: boolean;
  /** In the order in which they are to be done. */
  readonly steps: readonly PlanStep[];
}
