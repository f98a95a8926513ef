import { readdirSync, readFileSync } from 'node:fs';

export interface RecordedSeries {
  readonly name: string;
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** NaN where there is no sample; the largest is 2,000. */
  readonly values: Float64Array;
}

const folder = new URL('./fixtures/series/', import.meta.url);

/** The recorded series (each file names its source and licence), scaled so that the highest value is 2,000 millicores. */
export function recordedSeries(): RecordedSeries[] {
  return readdirSync(folder).map((file) => {
    const held = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      startSeconds: number;
      stepSeconds: number;
      values: (number | null)[];
    };
    const values = Float64Array.from(held.values, (value) => value ?? Number.NaN);
    const highest = values.reduce((most, value) => (value > most ? value : most), 0);
    const { startSeconds, stepSeconds } = held;
    return {
      name: file.replace('.json', ''),
      startSeconds,
      stepSeconds,
      values: values.map((v) => (v / highest) * 2000),
    };
  });
}
