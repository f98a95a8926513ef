import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../../cluster/fields.ts';
import { diskKey, type NodeDisk } from '../../storage/node-disks.ts';
import { clusterPart, planId } from '../../storage/plan/plan-id.ts';
import { diskReport, poolReport, timeText } from '../../storage/storage-report.ts';
import type { PoolOutlook } from '../../storage/storage-state.ts';
import type { ResourceStore } from './custom-resources.ts';

/** What an object of a status-only kind is to say. */
export interface WantedStatus {
  readonly name: string;
  /** Without the time at which it was looked at. */
  readonly status: object;
  /** RFC 3339. */
  readonly observed: string;
}

/** `DiskHealth`: one for each disk that says anything. */
export function diskHealthStatus(disk: NodeDisk, threshold: number): WantedStatus {
  const { outlook, readSeconds } = disk;
  return {
    name: planId(outlook.model, diskKey(disk)),
    status: diskReport(disk, threshold),
    observed: timeText(readSeconds),
  };
}

/** `PoolForecast`: one for each pool of each cluster. */
export function poolForecastStatus(pool: PoolOutlook, dataSeconds: number): WantedStatus {
  const name = planId(clusterPart(pool.cluster), pool.name);
  return { name, status: poolReport(pool), observed: timeText(dataSeconds) };
}

// What is unchanged is confirmed so often.
const confirmSeconds = 3600;
const goneSeconds = 2 * 86_400;

/** Makes the objects of a kind say what is wanted, and removes those of what is gone. How many were written. */
export async function writeStatuses(
  store: ResourceStore,
  wanted: readonly WantedStatus[],
  nowSeconds: number,
): Promise<number> {
  const held = new Map((await store.list()).map((object) => [object.name, object]));
  const names = new Set(wanted.map(({ name }) => name));
  let written = 0;
  for (const { name, status, observed } of wanted) {
    const before = held.get(name);
    if (before !== undefined && isCurrent(before.status, status, nowSeconds)) continue;
    // One of that name is somebody else's.
    if (before === undefined && (await store.create(name, undefined)) === undefined) continue;
    await store.patchStatus(name, { ...status, observed, written: timeText(nowSeconds) });
    written += 1;
  }
  for (const [name, { status }] of held) {
    if (names.has(name) || !isGone(status, nowSeconds)) continue;
    await store.remove(name);
    written += 1;
  }
  return written;
}

/** A source that is away for a while, or a server that has just started, does not make disks and pools go away. */
function isGone({ observed }: Fields, nowSeconds: number): boolean {
  return !(nowSeconds - Date.parse(String(observed)) / 1000 < goneSeconds);
}

function isCurrent({ observed: _, written, ...before }: Fields, status: object, nowSeconds: number): boolean {
  const age = nowSeconds - Date.parse(String(written)) / 1000;
  return Math.abs(age) < confirmSeconds && isDeepStrictEqual(withoutNulls(before), withoutNulls(status));
}

/** A merge patch takes null for "not there", and the API server then has no such field. */
function withoutNulls(value: object): object {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (one === null) return [];
      const isObject = typeof one === 'object' && !Array.isArray(one);
      return [[key, isObject ? withoutNulls(one as object) : one]];
    }),
  );
}
