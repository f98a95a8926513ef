import { createServer } from 'node:http';
import type { Clock } from '../../src/core/clock.ts';
import { listenOnLoopback } from './loopback.ts';
import type { ReplaySamples } from './replay-samples.ts';
import type { ReplayWorld } from './replay-world.ts';

export interface ReplayExporterOptions {
  readonly samples: ReplaySamples;
  readonly world: (timeSeconds: number) => ReplayWorld;
  readonly clock: Clock;
  readonly stepSeconds: number;
  /** The first step ends a step later. */
  readonly startSeconds: number;
}

export interface ReplayExporter {
  /** `127.0.0.1:PORT`, for a scrape configuration. */
  readonly target: string;
  /** The end of the last step that was scraped, unix seconds. */
  readonly servedToSeconds: number;
  /** How often it was scraped. */
  readonly scrapes: number;
  stop(): Promise<void>;
}

/** Serves /metrics: at each scrape the steps that have ended by the clock since the last one, with their own times, so that none is missed or doubled. */
export async function startReplayExporter(options: ReplayExporterOptions): Promise<ReplayExporter> {
  const { samples, world, clock, stepSeconds } = options;
  let servedTo = options.startSeconds;
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    const lines: string[] = [];
    for (let time = servedTo + stepSeconds; time <= clock.nowSeconds(); time += stepSeconds) {
      for (const [series, value] of samples.step(world(time), time, true))
        lines.push(`${series} ${value} ${time * 1000}\n`);
      servedTo = time;
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(lines.join(''));
  });
  const { port, stop } = await listenOnLoopback(server);
  return {
    target: `127.0.0.1:${port}`,
    get servedToSeconds() {
      return servedTo;
    },
    get scrapes() {
      return scrapes;
    },
    stop,
  };
}
