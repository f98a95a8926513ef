/** One line of a benchmark's table: what was measured, and its figures with their units in the names. */
export type Row = Readonly<Record<string, string | number>>;

/** A benchmark: it starts what it needs, measures within about a minute, and ends what it started. */
export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Runs only when it is named. */
  readonly isLong?: boolean;
  /** What is named behind it and is no benchmark is a folder of series for it. */
  readonly takesFolders?: boolean;
  run(folders?: readonly string[]): Promise<readonly Row[]>;
}
