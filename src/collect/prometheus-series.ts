import type { Series } from './prometheus-answer.ts';
import type { Sample } from './usage-grid.ts';

/** Samples of one thing, gathered from the answers about its CPU and its memory. */
export interface Gathered {
  readonly labels: Series['labels'];
  readonly cpuMillicores: Sample[];
  readonly memoryBytes: Sample[];
}

/** Puts the pieces of series together by the values of some labels, in cores and bytes as Prometheus has them. */
export function gather(
  cpu: readonly Series[],
  memory: readonly Series[],
  identity: readonly string[],
): readonly Gathered[] {
  const all = new Map<string, Gathered>();
  const into = (series: Series): Gathered => {
    const key = identity.map((label) => series.labels[label] ?? '').join('\n');
    const held = all.get(key) ?? { labels: series.labels, cpuMillicores: [], memoryBytes: [] };
    all.set(key, held);
    return held;
  };
  for (const series of cpu) {
    const { cpuMillicores } = into(series);
    for (const [time, cores] of series.samples) cpuMillicores.push([time, cores * 1000]);
  }
  for (const series of memory) {
    const { memoryBytes } = into(series);
    for (const sample of series.samples) memoryBytes.push(sample);
  }
  return [...all.values()];
}
