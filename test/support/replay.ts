import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/core/clock.ts';
import { monotonicMilliseconds, scaledClock } from '../../src/core/clock.ts';
import { type PrometheusOptions, type RunningPrometheus, startPrometheus, targetLabels } from './prometheus.ts';
import { type ReplayExporter, startReplayExporter } from './replay-exporter.ts';
import { labelsOf, ReplaySamples } from './replay-samples.ts';
import type { ReplayWorld } from './replay-world.ts';

export interface ReplayOptions extends Pick<PrometheusOptions, 'flags' | 'webConfig' | 'files'> {
  /** Asked for once for each step, in ascending time: first for all of history, then as the clock goes on. */
  readonly world: (timeSeconds: number) => ReplayWorld;
  /** The time that the clock shows when all is ready; a whole number of steps, in the past. */
  readonly startSeconds: number;
  /** How much history there is then. */
  readonly historySeconds: number;
  /** How many times as fast as the machine's the clock runs. */
  readonly rate: number;
  readonly stepSeconds?: number;
}

export interface Replay {
  readonly prometheus: RunningPrometheus;
  readonly clock: Clock;
  /** The same clock as the configuration file's `clock` takes it. */
  readonly clockConfig: { readonly start: string; readonly at: string; readonly rate: number };
  /** The end of the last step that was scraped. */
  readonly servedToSeconds: number;
  stop(): Promise<void>;
}

/** Kube-state-metrics' series change so seldom that history has them once an hour. */
const infoEverySeconds = 3600;

/** A real Prometheus that knows the history of a made-up cluster and scrapes its present, on a clock that runs fast. */
export async function startReplay(options: ReplayOptions): Promise<Replay> {
  const { world, startSeconds, rate, stepSeconds = 300, flags, webConfig, files } = options;
  const samples = new ReplaySamples(stepSeconds);
  let originMilliseconds = Number.POSITIVE_INFINITY;
  // Stands still until all is ready.
  const clock: Clock = {
    nowSeconds: () =>
      originMilliseconds === Number.POSITIVE_INFINITY
        ? startSeconds
        : scaledClock(startSeconds, rate, originMilliseconds).nowSeconds(),
  };
  const exporter = await startReplayExporter({ samples, world, clock, stepSeconds, startSeconds });
  try {
    const prometheus = await startPrometheus({
      targets: [exporter.target],
      scrapeSeconds: Math.min(1, Math.max(0.1, stepSeconds / rate / 2)),
      history: historyOf(options, samples, stepSeconds),
      ...(flags && { flags }),
      ...(webConfig && { webConfig }),
      ...(files && { files }),
    });
    // Its first scrape comes some seconds after its start: the clock does not run ahead of it.
    await firstScrape(exporter).catch(async (error: unknown) => {
      await prometheus.stop();
      throw error;
    });
    originMilliseconds = monotonicMilliseconds();
    return {
      prometheus,
      clock,
      clockConfig: {
        start: new Date(startSeconds * 1000).toISOString(),
        at: new Date(originMilliseconds).toISOString(),
        rate,
      },
      get servedToSeconds() {
        return exporter.servedToSeconds;
      },
      async stop() {
        await prometheus.stop();
        await exporter.stop();
      },
    };
  } catch (error) {
    await exporter.stop();
    throw error;
  }
}

async function firstScrape(exporter: ReplayExporter): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  while (exporter.scrapes === 0) await sleep(20, undefined, { signal: deadline });
}

function* historyOf(options: ReplayOptions, samples: ReplaySamples, stepSeconds: number): Generator<string> {
  const { world, startSeconds, historySeconds } = options;
  const end = `,${labelsOf(targetLabels)}}`;
  const firstSeconds = startSeconds - historySeconds + stepSeconds;
  for (let time = firstSeconds; time <= startSeconds; time += stepSeconds) {
    const hasInfo = time % infoEverySeconds === 0 || time === firstSeconds || time === startSeconds;
    for (const [series, value] of samples.step(world(time), time, hasInfo)) {
      yield `${series.replace(/\}$/, end)} ${value} ${time}`;
    }
  }
}
