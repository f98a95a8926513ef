import { z } from 'zod';
import { BarographError } from '../../core/errors.ts';
import type { CephReading, HealthCheck } from '../../core/storage.ts';
import { type CrushDump, crushSchema, type OsdPlace, osdPlaces, type RuleReach, ruleReaches } from './crush.ts';

/** What the metrics of a cluster do not say: rules, ratios, sizes, applications, words. */
export interface ClusterMap {
  readonly fsid: string;
  readonly ratios: CephReading['ratios'];
  readonly pools: ReadonlyMap<number, PoolOfMap>;
  readonly osds: ReadonlyMap<number, OsdPlace>;
  /** By the code of a health check, what Ceph says of it. */
  readonly summaries: ReadonlyMap<string, string>;
}

export interface PoolOfMap extends RuleReach {
  readonly name: string;
  readonly size: number;
  readonly minSize: number;
  readonly erasureCoded: boolean;
  readonly dataChunks: number | undefined;
  readonly quotaBytes: number | undefined;
  readonly application: string | undefined;
}

/** The documents that a map is made of, as they came. */
export interface MapDocuments {
  /** `ceph osd dump`. */
  readonly osdDump: unknown;
  /** `ceph osd crush dump`. */
  readonly crush: unknown;
  /** `ceph health`; undefined where it was not read. */
  readonly health: unknown;
}

const erasure = 3;

const pool = z.object({
  pool: z.number().int(),
  pool_name: z.string(),
  type: z.number().int(),
  size: z.number().int().positive(),
  min_size: z.number().int(),
  crush_rule: z.number().int(),
  quota_max_bytes: z.number().default(0),
  erasure_code_profile: z.string().default(''),
  application_metadata: z.record(z.string(), z.unknown()).default({}),
});

const osdDumpSchema = z.object({
  fsid: z.string(),
  nearfull_ratio: z.number(),
  backfillfull_ratio: z.number(),
  full_ratio: z.number(),
  pools: z.array(pool),
  erasure_code_profiles: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

// The dashboard lists checks with their code as `type`; the command names them by it.
const summary = z.object({ summary: z.object({ message: z.string() }) });
const healthSchema = z.object({
  checks: z.union([z.record(z.string(), summary), z.array(summary.extend({ type: z.string() }))]),
});

/** Reads the documents; `place` names where they came from. Throws SOURCE_UNAVAILABLE when they are something else. */
export function clusterMapOf(documents: MapDocuments, place: string): ClusterMap {
  const dump = parse(osdDumpSchema, documents.osdDump, `${place}: osd dump`);
  const crush = parse(crushSchema, documents.crush, `${place}: osd crush dump`);
  const health = documents.health === undefined ? undefined : parse(healthSchema, documents.health, `${place}: health`);
  return {
    fsid: dump.fsid,
    ratios: {
      nearFull: rounded(dump.nearfull_ratio),
      backfillFull: rounded(dump.backfillfull_ratio),
      full: rounded(dump.full_ratio),
    },
    pools: poolsOf(dump, crush),
    osds: osdPlaces(crush),
    summaries: summariesOf(health),
  };
}

function poolsOf(dump: z.output<typeof osdDumpSchema>, crush: CrushDump): Map<number, PoolOfMap> {
  const reaches = ruleReaches(crush);
  const nothing: RuleReach = { osds: [], failureDomain: 'osd', deviceClass: undefined };
  return new Map(
    dump.pools.map((one) => {
      const isErasure = one.type === erasure;
      const chunks = Number(dump.erasure_code_profiles[one.erasure_code_profile]?.k);
      return [
        one.pool,
        {
          ...(reaches.get(one.crush_rule) ?? nothing),
          name: one.pool_name,
          size: one.size,
          minSize: one.min_size,
          erasureCoded: isErasure,
          dataChunks: isErasure && chunks > 0 ? chunks : undefined,
          quotaBytes: one.quota_max_bytes > 0 ? one.quota_max_bytes : undefined,
          application: applicationOf(Object.keys(one.application_metadata)),
        },
      ];
    }),
  );
}

/** What volumes can be on counts more than what else a pool is enabled for. */
function applicationOf(names: readonly string[]): string | undefined {
  return ['rbd', 'cephfs', 'rgw'].find((name) => names.includes(name)) ?? names[0];
}

function summariesOf(health: z.output<typeof healthSchema> | undefined): Map<string, string> {
  const checks = health?.checks ?? {};
  const named: [HealthCheck['code'], z.output<typeof summary>][] = Array.isArray(checks)
    ? checks.map((check) => [check.type, check])
    : Object.entries(checks);
  return new Map(named.map(([code, check]) => [code, check.summary.message]));
}

/** Ceph keeps ratios in single precision: 0.85000002384185791. */
function rounded(ratio: number): number {
  return Math.round(ratio * 1e6) / 1e6;
}

function parse<T extends z.ZodType>(schema: T, document: unknown, place: string): z.output<T> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined ? '' : ` at ${issue.path.join('.') || 'its top'}: ${issue.message}`;
  throw new BarographError('SOURCE_UNAVAILABLE', `${place}: expected Ceph's JSON, received something else${at}`);
}
