/** Where the names of a call stand in its body, and which nodes of the table they are. Reused from call to call. */
export interface NamePlaces {
  count: number;
  /** Position of the first byte of each name, and of the quote behind it. */
  starts: Int32Array;
  ends: Int32Array;
  /** Index in the table, or -1. */
  indices: Int32Array;
}

export function createPlaces(size = 1024): NamePlaces {
  return { count: 0, starts: new Int32Array(size), ends: new Int32Array(size), indices: new Int32Array(size) };
}

/** Makes room for at least so many names; what is there stays. */
export function growPlaces(places: NamePlaces, least: number): void {
  if (least <= places.starts.length) return;
  const size = Math.max(least, 2 * places.starts.length);
  for (const key of ['starts', 'ends', 'indices'] as const) {
    const larger = new Int32Array(size);
    larger.set(places[key]);
    places[key] = larger;
  }
}
