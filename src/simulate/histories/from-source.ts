import type { Source } from '../../collect/source.ts';
import type { TimeRange } from '../../core/time-range.ts';
import { stepCount } from '../../core/time-range.ts';
import { containerId } from '../../core/workload.ts';
import type { History } from '../replay/history.ts';
import { type BuildOptions, HistoryBuilder } from './history-builder.ts';

export interface SourceHistory {
  readonly history: History;
  /** Which container each pod's container belongs to, by `namespace/pod/container`. */
  readonly pods: ReadonlyMap<string, string>;
}

/** A history from a source of measurements over a range. `onProgress` is told the share that is read. Throws SOURCE_UNAVAILABLE, TRACE_INVALID. */
export async function readSource(
  source: Source,
  range: TimeRange,
  requestsOf: (pods: ReadonlyMap<string, string>) => Promise<BuildOptions['requests']>,
  onProgress: (share: number) => void = () => {},
): Promise<SourceHistory> {
  const builder = new HistoryBuilder();
  const pods = new Map<string, string>();
  for await (const batch of source.read(range)) {
    for (const { key, pod, times, cpuMillicores, memoryBytes } of batch.containers) {
      const id = containerId(key);
      pods.set(`${key.namespace}/${pod}/${key.container}`, id);
      const measured = builder.of(id, pod);
      for (const [i, time] of times.entries()) {
        measured.push(time, cpuMillicores[i] ?? Number.NaN, memoryBytes[i] ?? Number.NaN);
      }
    }
    onProgress((batch.range.endSeconds - range.startSeconds) / (stepCount(range) * range.stepSeconds));
  }
  const requests = await requestsOf(pods);
  return { history: builder.build({ stepSeconds: range.stepSeconds, align: false, requests }), pods };
}
