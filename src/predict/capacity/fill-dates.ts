import { growthOf } from './growth.ts';
import type { UsedHistory } from './used-history.ts';

/**
 * When something is full, as a distribution: with a chance of 10 %, 50 % and 90 % it is by then. Unix seconds, ascending; undefined
 * where that is further away than can be foreseen.
 */
export interface FillDates {
  readonly p10: number | undefined;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
}

export interface FillQuestion {
  /** What counts as full, in the unit of the history. */
  readonly capacity: number;
  readonly nowSeconds: number;
  /** In [0, 1); the same numbers give the same dates. */
  readonly random: () => number;
  readonly paths?: number;
}

/** Foreseen is so many times the length of the history, and never further than five years. */
const mostHistories = 8;
const farthestSeconds = 5 * 365 * 86_400;
const defaultPaths = 100;
/** Each path grows like one of these shares of the newest history: what grew for long may have changed of late. */
const windows = [1, 0.5, 0.25, 0.125] as const;
const leastWindow = 8;
/** Blocks of increments are drawn whole, so that busy days stay together; shares of the window. */
const shortestBlock = 0.08;
const longestBlock = 0.48;

/**
 * When a history reaches a capacity. Paths are drawn from the history's own increments in blocks (a bootstrap), each from another stretch of it and
 * each faster or slower by a factor whose spread is how much the pace changed before. Steps that happened once (data deleted, disks added)
 * are no growth and are left out. undefined when there is too little history. The rules of its constants: docs/storage.md.
 */
export function fillDates(history: UsedHistory, question: FillQuestion): FillDates | undefined {
  const { capacity, nowSeconds, random, paths = defaultPaths } = question;
  const newest = history.used.findLast((value) => !Number.isNaN(value));
  if (newest === undefined) return undefined;
  if (newest >= capacity) return { p10: nowSeconds, p50: nowSeconds, p90: nowSeconds };
  const room = capacity - newest;
  const growth = growthOf(history, room);
  if (growth === undefined) return undefined;
  const { increments, stepSeconds, spread, lastSeconds } = growth;
  if (!increments.some((increment) => increment > 0)) return { p10: undefined, p50: undefined, p90: undefined };
  const most = Math.min(mostHistories * increments.length, Math.ceil(farthestSeconds / stepSeconds));
  const steps = new Float64Array(paths);
  for (let path = 0; path < paths; path += 1) {
    const pace = Math.exp(spread * normal(random));
    steps[path] = firstPassage({ increments, room: room / pace, most }, random);
  }
  steps.sort();
  const at = (share: number): number | undefined => {
    const passed = steps[Math.min(paths - 1, Math.floor(share * paths))] ?? Number.POSITIVE_INFINITY;
    return passed === Number.POSITIVE_INFINITY ? undefined : Math.max(nowSeconds, lastSeconds + passed * stepSeconds);
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** The earlier of two, quantile by quantile: a thing that is full as soon as either is. */
export function earlierOf(one: FillDates | undefined, other: FillDates | undefined): FillDates | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const least = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  return { p10: least(one.p10, other.p10), p50: least(one.p50, other.p50), p90: least(one.p90, other.p90) };
}

interface Path {
  readonly increments: Float64Array;
  readonly room: number;
  readonly most: number;
}

/** Steps until one path has taken the room; infinite when it has not within the most that is looked at. */
function firstPassage({ increments, room, most }: Path, random: () => number): number {
  const share = windows[Math.floor(random() * windows.length)] ?? 1;
  const window = Math.min(increments.length, Math.max(leastWindow, Math.round(increments.length * share)));
  const from = increments.length - window;
  let taken = 0;
  let steps = 0;
  while (steps < most) {
    const block = Math.max(1, Math.round(window * (shortestBlock + (longestBlock - shortestBlock) * random())));
    const start = Math.floor(random() * window);
    for (let i = 0; i < block && steps < most; i += 1) {
      taken += increments[from + ((start + i) % window)] ?? 0;
      steps += 1;
      if (taken >= room) return steps;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Box and Muller's. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
