/** Wall-clock time in unix seconds (with a fraction). Passed in wherever time matters, so that tests and replays own it. */
export interface Clock {
  nowSeconds(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { nowSeconds: () => Date.now() / 1000 };

/** The machine's time in milliseconds since 1970, the same in every thread of a process, and never set back. */
export function monotonicMilliseconds(): number {
  return performance.timeOrigin + performance.now();
}

/** A clock that shows `startSeconds` at `originMilliseconds` of the machine's time, and runs `rate` times as fast. */
export function scaledClock(startSeconds: number, rate: number, originMilliseconds = monotonicMilliseconds()): Clock {
  return { nowSeconds: () => startSeconds + ((monotonicMilliseconds() - originMilliseconds) / 1000) * rate };
}

/** A clock that stands still until it is set. */
export function manualClock(startSeconds: number): Clock & { set(seconds: number): void } {
  let now = startSeconds;
  return {
    nowSeconds: () => now,
    set: (seconds) => {
      now = seconds;
    },
  };
}
