import type { FillDates } from '../predict/capacity/fill-dates.ts';
import { dangerOf, type NodeDisk } from './node-disks.ts';
import { dateOfDay, stepText } from './plan/plan-words.ts';
import { isExecutable, type StoragePlan } from './plan/storage-plan.ts';
import {
  type ClusterOutlook,
  isFreshCluster,
  type OsdOutlook,
  type PoolOutlook,
  type StorageState,
} from './storage-state.ts';

export const diskVerdicts = ['Good', 'Raised', 'Critical', 'Failing', 'Unknown'] as const;

/** What is said of one disk: in `/api/v1/storage`, by `barograph storage`, and in the status of a DiskHealth. */
export interface DiskReport {
  readonly node: string;
  readonly device: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  readonly cluster: string | null;
  readonly osd: number | null;
  readonly cephDevice: string | null;
  readonly verdict: (typeof diskVerdicts)[number];
  readonly basis: string;
  readonly failing: boolean;
  readonly probabilityWithin7Days: number | null;
  readonly probabilityWithin14Days: number | null;
  readonly probabilityWithin30Days: number | null;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** Dates as `2026-11-25`. */
  readonly replaceBy: { readonly date: string; readonly earliest: string; readonly latest: string } | null;
}

interface DatesReport {
  readonly p10: string | null;
  readonly p50: string | null;
  readonly p90: string | null;
}

/** What is said of one pool: as DiskReport, and in the status of a PoolForecast. Bytes are those of users. */
export interface PoolReport {
  readonly cluster: string | null;
  readonly pool: string;
  readonly storedBytes: number;
  /** Until the first of its OSDs is near full, or its quota used up. */
  readonly roomBytes: number;
  readonly usedShare: number | null;
  readonly growthBytesPerDay: number | null;
  readonly nearFull: DatesReport | null;
  readonly full: DatesReport | null;
  readonly iops: number | null;
  readonly bytesPerSecond: number | null;
  readonly latencyMilliseconds: number | null;
  readonly saturation: number | null;
  readonly failingDisks: readonly string[];
  readonly refused: readonly { readonly reason: string; readonly message: string }[];
}

interface OsdReport {
  readonly id: number;
  readonly host: string;
  readonly up: boolean;
  readonly in: boolean;
  readonly weight: number;
  readonly deviceClass: string | null;
  readonly usedShare: number | null;
  readonly totalBytes: number;
  readonly nearFull: DatesReport | null;
}

interface ClusterReport {
  readonly cluster: string | null;
  readonly read: string;
  /** Whether it is young enough to be acted on. */
  readonly fresh: boolean;
  readonly health: string;
  readonly checks: readonly string[];
  readonly placementGroups: { readonly total: number; readonly unclean: number };
  readonly pools: readonly PoolReport[];
  readonly osds: readonly OsdReport[];
}

/** A plan and how far it is. */
export interface PlanState {
  readonly plan: StoragePlan;
  readonly approved: boolean;
  readonly phase: string;
  readonly steps: readonly { readonly phase: string; readonly reason: string; readonly message: string }[];
}

interface PlanReport {
  readonly id: string;
  readonly cluster: string | null;
  readonly subject: string;
  readonly reason: string;
  readonly urgent: boolean;
  readonly approved: boolean;
  readonly phase: string;
  readonly steps: readonly {
    readonly action: string;
    readonly text: string;
    readonly phase: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

/** Everything that is known and recommended. */
export interface StorageReport {
  /** null before anything was read. */
  readonly made: string | null;
  readonly clusters: readonly ClusterReport[];
  readonly disks: readonly (DiskReport & { readonly read: string; readonly fresh: boolean })[];
  readonly volumes: readonly {
    readonly namespace: string;
    readonly claim: string;
    readonly usedBytes: number;
    readonly capacityBytes: number;
    readonly full: DatesReport | null;
  }[];
  readonly plans: readonly PlanReport[];
  readonly failures: readonly { readonly source: string; readonly message: string; readonly since: string }[];
}

export interface ReportOptions {
  readonly nowSeconds: number;
  readonly maxAgeSeconds: number;
  readonly diskMaxAgeSeconds: number;
  /** The chance of a failure within 14 days from which a disk is critical. */
  readonly threshold: number;
}

export function storageReport(
  state: StorageState | undefined,
  disks: readonly NodeDisk[],
  plans: readonly PlanState[],
  options: ReportOptions,
): StorageReport {
  const { nowSeconds, diskMaxAgeSeconds, threshold } = options;
  return {
    made: state === undefined ? null : timeText(state.madeSeconds),
    clusters: (state?.clusters ?? []).map((cluster) => clusterReport(cluster, options)),
    disks: disks.map((disk) => ({
      ...diskReport(disk, threshold),
      read: timeText(disk.readSeconds),
      fresh: Math.abs(nowSeconds - disk.readSeconds) <= diskMaxAgeSeconds,
    })),
    volumes: (state?.volumes ?? []).map((volume) => ({ ...volume, full: datesReport(volume.full) })),
    plans: plans.map(planReport),
    failures: (state?.failures ?? []).map(({ source, message, sinceSeconds }) => ({
      source,
      message,
      since: timeText(sinceSeconds),
    })),
  };
}

export function diskReport(disk: NodeDisk, threshold: number): DiskReport {
  const { outlook, node, device, ids, osd } = disk;
  const { replaceBy } = outlook;
  return {
    node,
    device: device || null,
    model: outlook.model || null,
    serial: outlook.serial || null,
    cluster: osd?.cluster || null,
    osd: osd?.id ?? null,
    cephDevice: osd === undefined ? null : (ids[0] ?? null),
    verdict: verdictOf(disk, threshold),
    basis: outlook.basis,
    failing: outlook.isFailing,
    probabilityWithin7Days: digits(outlook.p7),
    probabilityWithin14Days: digits(outlook.p14),
    probabilityWithin30Days: digits(outlook.p30),
    reasons: outlook.drivers,
    notes: outlook.notes,
    replaceBy:
      replaceBy === undefined
        ? null
        : { date: dateOfDay(replaceBy.day), earliest: dateOfDay(replaceBy.from), latest: dateOfDay(replaceBy.to) },
  };
}

function verdictOf({ outlook }: NodeDisk, threshold: number): DiskReport['verdict'] {
  if (outlook.basis === 'nothing') return 'Unknown';
  const danger = dangerOf(outlook, threshold);
  if (danger === 'failing') return 'Failing';
  if (danger === 'likely') return 'Critical';
  return danger === 'raised' ? 'Raised' : 'Good';
}

export function poolReport(pool: PoolOutlook): PoolReport {
  const { load, reading } = pool;
  return {
    cluster: pool.cluster || null,
    pool: pool.name,
    storedBytes: reading.storedBytes,
    roomBytes: Math.round(Math.min(pool.room.nearFullBytes, pool.room.quotaBytes)),
    usedShare: digits(pool.usedShare),
    growthBytesPerDay: pool.growthBytesPerDay === undefined ? null : whole(pool.growthBytesPerDay),
    nearFull: datesReport(pool.nearFull),
    full: datesReport(pool.full),
    iops: whole(load.now.iops),
    bytesPerSecond: whole(load.now.bytesPerSecond),
    latencyMilliseconds: digits(1000 * load.now.latencySeconds),
    saturation: digits(load.saturation.now),
    failingDisks: pool.disks.failing,
    refused: pool.refused.map(({ reason, text }) => ({ reason, message: text })),
  };
}

function clusterReport(cluster: ClusterOutlook, { nowSeconds, maxAgeSeconds }: ReportOptions): ClusterReport {
  return {
    cluster: cluster.cluster || null,
    read: timeText(cluster.dataSeconds),
    fresh: isFreshCluster(cluster, nowSeconds, maxAgeSeconds),
    health: cluster.health.status,
    checks: cluster.health.checks.map(({ code, summary }) => `${code}: ${summary}`),
    placementGroups: cluster.placementGroups,
    pools: cluster.pools.map(poolReport),
    osds: cluster.osds.map(osdReport),
  };
}

function osdReport({ id, reading, usedShare, nearFull }: OsdOutlook): OsdReport {
  const { host, up, in: isIn, weight, deviceClass, totalBytes } = reading;
  return {
    id,
    host,
    up,
    in: isIn,
    weight,
    deviceClass: deviceClass ?? null,
    usedShare: digits(usedShare),
    totalBytes,
    nearFull: datesReport(nearFull),
  };
}

function planReport({ plan, approved, phase, steps }: PlanState): PlanReport {
  return {
    id: plan.id,
    cluster: plan.cluster || null,
    subject: plan.subject,
    reason: plan.reason,
    urgent: plan.isUrgent,
    approved,
    phase,
    steps: plan.steps.map((step, i) => ({
      action: step.kind,
      text: stepText(step),
      phase: steps[i]?.phase ?? (isExecutable(step) ? 'Proposed' : 'Advice'),
      reason: steps[i]?.reason ?? '',
      message: steps[i]?.message ?? '',
    })),
  };
}

function datesReport(dates: FillDates | undefined): DatesReport | null {
  if (dates === undefined) return null;
  const text = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : timeText(seconds).slice(0, 10);
  return { p10: text(dates.p10), p50: text(dates.p50), p90: text(dates.p90) };
}

/** Three digits: what changes by less is no news. */
function digits(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : null;
}

function whole(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value) : null;
}

/** RFC 3339, in whole seconds. */
export function timeText(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
