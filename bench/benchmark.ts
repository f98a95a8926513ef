/** One line of a benchmark's table: what was measured, and its figures with their units in the names. */
export type Row = Readonly<Record<string, string | number>>;

/** A benchmark: it starts what it needs, measures within about a minute, and ends what it started. */
export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Runs only when it is named. */
  readonly isLong?: boolean;
  run(): Promise<readonly Row[]>;
}
