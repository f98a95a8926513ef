import { z } from 'zod';
import { BarographError, describeError } from '../../core/errors.ts';
import { objectivePrefix, parseObjective } from '../../core/objective.ts';
import { parseQuantity } from '../../core/quantity.ts';
import type { PoolOutlook, StorageState } from '../storage-state.ts';
import { type JudgeOptions, judgePools, type PoolVerdict, poolKey } from './judge-pools.ts';
import type { PoolRequest } from './pool-request.ts';

const claimSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
  spec: z.object({
    resources: z.object({ requests: z.object({ storage: z.union([z.string(), z.number()]) }) }),
  }),
});

const bodySchema = z.strictObject({
  /** Names, or `<fsid>/<name>`; every pool that is known when left out. */
  poolNames: z.array(z.string()).optional(),
  /** The fsid of the cluster that the names are of. */
  cluster: z.string().optional(),
  /** A Kubernetes quantity. */
  size: z.string().optional(),
  latency: z.string().optional(),
  throughput: z.string().optional(),
  /** A PersistentVolumeClaim, in place of size, latency and throughput. */
  claim: claimSchema.optional(),
});

type Body = z.output<typeof bodySchema>;

/**
 * `POST /pools/score`: which pools can take a volume, and how well each would. JSON in, JSON out, with keys as in the answers of a scheduler extender. Throws
 * REQUEST_INVALID.
 */
export function answerPools(body: Buffer, state: StorageState | undefined, options: JudgeOptions): Buffer {
  const asked = readBody(body);
  const request = requestOf(asked);
  const known = state ?? { madeSeconds: options.nowSeconds, clusters: [], volumes: [], failures: [] };
  const isOne = asked.cluster !== undefined || known.clusters.length <= 1;
  const nameOf = (pool: PoolOutlook): string => (isOne ? pool.name : poolKey(pool));
  const pools = known.clusters
    .filter(({ cluster }) => asked.cluster === undefined || asked.cluster === cluster)
    .flatMap((cluster) => cluster.pools);
  const wanted = asked.poolNames ?? pools.map(nameOf);
  const found = wanted.map((name) => ({ name, pool: pools.find((pool) => isNamed(pool, name)) }));
  const verdicts = judgePools(
    found.flatMap(({ pool }) => pool ?? []),
    known,
    request,
    options,
  );
  const byKey = new Map(verdicts.map((verdict) => [poolKey(verdict.pool), verdict]));
  const judged = found.map(({ name, pool }) => ({ name, verdict: pool && byKey.get(poolKey(pool)) }));
  return Buffer.from(JSON.stringify(answerOf(judged)));
}

function answerOf(judged: readonly { readonly name: string; readonly verdict: PoolVerdict | undefined }[]): object {
  const failedPools: Record<string, string> = {};
  const priorities: { pool: string; score: number; parts: unknown }[] = [];
  for (const { name, verdict } of judged) {
    if (verdict === undefined) failedPools[name] = 'no such pool is known';
    else if (verdict.kind === 'refused') failedPools[name] = verdict.refused.map(({ text }) => text).join('; ');
    else priorities.push({ pool: name, score: verdict.score, parts: verdict.parts });
  }
  priorities.sort((one, other) => other.score - one.score || (one.pool < other.pool ? -1 : 1));
  return { poolNames: priorities.map(({ pool }) => pool), failedPools, priorities, error: '' };
}

function isNamed(pool: PoolOutlook, name: string): boolean {
  return pool.name === name || poolKey(pool) === name;
}

function readBody(body: Buffer): Body {
  const result = bodySchema.safeParse(parse(body));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new BarographError('REQUEST_INVALID', problems.join('; '));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new BarographError('REQUEST_INVALID', 'expected JSON', { cause });
  }
}

function requestOf({ claim, size, latency, throughput }: Body): PoolRequest {
  const annotations = claim?.metadata?.annotations ?? {};
  const bytes = claim?.spec.resources.requests.storage ?? size;
  if (bytes === undefined) throw new BarographError('REQUEST_INVALID', 'expected size or claim');
  const latencyText = latency ?? annotations[`${objectivePrefix}latency`];
  const throughputText = throughput ?? annotations[`${objectivePrefix}throughput`];
  return {
    bytes: read(() => parseQuantity(String(bytes), 'memory')),
    latency: latencyText === undefined ? undefined : read(() => parseObjective('latency', latencyText).latency),
    throughput:
      throughputText === undefined ? undefined : read(() => parseObjective('throughput', throughputText).throughput),
  };
}

function read<T>(value: () => T): T {
  try {
    return value();
  } catch (cause) {
    throw new BarographError('REQUEST_INVALID', describeError(cause), { cause });
  }
}
