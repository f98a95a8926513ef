const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes as people read them: `1.5 GiB`. */
export function shownBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'any';
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${units[unit]}`;
}

/** A latency as people read it: `12 ms`, `1.5 s`. */
export function shownSeconds(seconds: number): string {
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;
}

/** Unix seconds as a date; `not in sight` without one. */
export function shownDate(seconds: number | undefined): string {
  return seconds === undefined ? 'not in sight' : new Date(seconds * 1000).toISOString().slice(0, 10);
}
