import type { CephReading } from '../../core/storage.ts';
import { stepCount, type TimeRange } from '../../core/time-range.ts';
import type { Series } from '../prometheus-answer.ts';
import type { PrometheusClient } from '../prometheus-client.ts';
import { askInParts } from '../prometheus-split.ts';
import type { MetricSample } from '../smart/metrics-text.ts';
import { cut, StretchLength } from '../stretch.ts';
import { assemble } from './assemble.ts';
import { clusterSampleOf } from './cluster-sample.ts';
import { CounterMemory } from './counter-memory.ts';
import { noDisks } from './disks.ts';
import type { MapInHand } from './held-map.ts';
import { everyMetric, measuredAt } from './prometheus-metrics.ts';
import { partialBecause } from './whole-enough.ts';

export interface HistoryContext {
  readonly client: PrometheusClient;
  readonly selector: string;
  /** Today's: of the past ones nobody keeps a record. */
  readonly map: MapInHand | undefined;
  readonly signal: AbortSignal | undefined;
}

const targetSamples = 400_000;
const firstSteps = 12;
const secondsADay = 86_400;

/** A reading at each step of a range since whose predecessor the cluster was measured whole, oldest first. Reads stretch by stretch, each as long as its answers stay small. */
export async function* readHistory(context: HistoryContext, range: TimeRange): AsyncGenerator<CephReading> {
  const { map, signal } = context;
  const counters = new CounterMemory();
  const length = new StretchLength(targetSamples, firstSteps, Math.max(1, secondsADay / range.stepSeconds));
  let measuredSeconds = Number.NEGATIVE_INFINITY;
  // A step more at the start, which the rates of the first one are counted from.
  let rest = { ...range, startSeconds: range.startSeconds - range.stepSeconds };
  while (stepCount(rest) > 0) {
    signal?.throwIfAborted();
    const [head, tail] = cut(rest, length.steps);
    const { looks, isSplit } = await readLooks(context, head);
    for (const { stepEndSeconds, samples, timeSeconds } of looks) {
      // A value is answered for five minutes after its scrape: it must not be read as one of a cluster at rest.
      if (timeSeconds <= measuredSeconds) continue;
      measuredSeconds = timeSeconds;
      const sample = clusterSampleOf(samples, { timeSeconds });
      if (partialBecause(sample) !== undefined) continue;
      const rates = counters.take(sample);
      if (stepEndSeconds <= range.startSeconds) continue;
      yield { ...assemble({ sample, rates, map, disks: noDisks }), timeSeconds: stepEndSeconds };
    }
    const values = looks.reduce((sum, { samples }) => sum + samples.length, 0);
    length.learn(stepCount(head), values, isSplit);
    rest = tail;
  }
}

/** What a Prometheus answers for the end of one step. */
interface Look {
  readonly stepEndSeconds: number;
  readonly samples: readonly MetricSample[];
  /** When that was measured. */
  readonly timeSeconds: number;
}

async function readLooks(
  { client, selector, signal }: HistoryContext,
  range: TimeRange,
): Promise<{ readonly looks: readonly Look[]; readonly isSplit: boolean }> {
  const asking = { client, selector, scrapeSeconds: undefined, signal };
  const ask = (query: string): ReturnType<typeof askInParts> =>
    askInParts(asking, { query, kind: 'each-step', range, isByNamespace: false });
  const [values, measured] = await Promise.all([ask(everyMetric), ask(measuredAt)]);
  const measuredTimes = new Map(measured.series.flatMap(({ samples }) => samples));
  const looks = samplesByTime(values.series).flatMap(([stepEndSeconds, samples]) => {
    const timeSeconds = measuredTimes.get(stepEndSeconds);
    return timeSeconds === undefined ? [] : [{ stepEndSeconds, samples, timeSeconds }];
  });
  return { looks, isSplit: values.isSplit };
}

function samplesByTime(series: readonly Series[]): [number, MetricSample[]][] {
  const byTime = new Map<number, MetricSample[]>();
  for (const { labels, samples } of series) {
    const name = labels.__name__ ?? '';
    for (const [time, value] of samples) {
      const at = byTime.get(time) ?? [];
      byTime.set(time, at);
      at.push({ name, labels, value });
    }
  }
  return [...byTime].toSorted(([a], [b]) => a - b);
}
