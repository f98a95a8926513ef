/** Levels that are judged: every twentieth, and the one in a hundred. */
export const levels = Float64Array.from([...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99]);
