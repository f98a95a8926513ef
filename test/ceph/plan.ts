import { randomUUID } from 'node:crypto';

/** One OSD of a test Ceph. */
export interface OsdPlan {
  /** `ssd`, `hdd`, anything; by it pools choose. */
  readonly deviceClass: string;
  /** The CRUSH bucket of type host, and the host name that the OSD tells, as a pod of Rook tells its node's. */
  readonly host?: string;
}

/** One pool of a test Ceph. */
export interface PoolPlan {
  readonly name: string;
  /** Without it, OSDs of any class. */
  readonly deviceClass?: string;
  /** Replicas, 1 without it. */
  readonly size?: number;
  readonly minSize?: number;
  /** In place of replicas. */
  readonly erasure?: { readonly dataChunks: number; readonly codingChunks: number };
  /** `osd` without it. */
  readonly failureDomain?: string;
  /** `rbd` without it. */
  readonly application?: string;
  readonly placementGroups?: number;
}

export interface CephOptions {
  /** Three on one host, of the classes ssd, hdd and cold, without it. */
  readonly osds?: readonly OsdPlan[];
  /** A pool for each class without it: `fast`, `slow`, `cold`. */
  readonly pools?: readonly PoolPlan[];
  /** Of each OSD; sparse, but below 4 GiB a full one aborts. */
  readonly osdBytes?: number;
  /** How many managers: one is active, the others stand by. */
  readonly managers?: number;
  /** The dashboard with a user who may only read. */
  readonly dashboard?: boolean;
  /** How long a manager keeps its metrics before it collects them anew; 0, not at all, without it. */
  readonly metricsCacheSeconds?: number;
  /** Whether OSDs are on loop devices, with ids and S.M.A.R.T.; wherever that is possible without it. */
  readonly devices?: boolean;
  /** Where everything is kept; a temporary folder, removed by stop(), without it. */
  readonly folder?: string;
}

export interface CephPlan {
  readonly osds: readonly OsdPlan[];
  /** The uuid of each. */
  readonly osdIds: readonly string[];
  readonly pools: readonly PoolPlan[];
  readonly osdBytes: number;
  readonly managers: readonly string[];
  readonly dashboard: boolean;
  readonly metricsCacheSeconds: number;
  readonly devices: boolean;
}

const usualOsds: readonly OsdPlan[] = [{ deviceClass: 'ssd' }, { deviceClass: 'hdd' }, { deviceClass: 'cold' }];
const usualPools: readonly PoolPlan[] = [
  { name: 'fast', deviceClass: 'ssd' },
  { name: 'slow', deviceClass: 'hdd' },
  { name: 'cold', deviceClass: 'cold' },
];

export function planOf(options: CephOptions, canHaveDevices: boolean): CephPlan {
  const osds = options.osds ?? usualOsds;
  return {
    osds,
    osdIds: osds.map(() => randomUUID()),
    pools: options.pools ?? usualPools,
    osdBytes: options.osdBytes ?? 4 * 2 ** 30,
    managers: Array.from({ length: options.managers ?? 1 }, (_, index) => String.fromCharCode(120 + index)),
    dashboard: options.dashboard ?? false,
    metricsCacheSeconds: options.metricsCacheSeconds ?? 0,
    devices: options.devices ?? canHaveDevices,
  };
}
