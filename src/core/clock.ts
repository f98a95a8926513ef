/** Wall-clock time in unix seconds (with a fraction). Passed in wherever time matters, so that tests and replays own it. */
export interface Clock {
  nowSeconds(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { nowSeconds: () => Date.now() / 1000 };

/** A clock that runs `rate` times as fast as the machine's, from `startSeconds` on. */
export function scaledClock(startSeconds: number, rate: number): Clock {
  const origin = performance.now();
  return { nowSeconds: () => startSeconds + ((performance.now() - origin) / 1000) * rate };
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
