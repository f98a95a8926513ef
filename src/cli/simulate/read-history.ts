import { stat } from 'node:fs/promises';
import { createPrometheusSource } from '../../collect/prometheus.ts';
import { systemClock } from '../../core/clock.ts';
import { parseDuration } from '../../core/duration.ts';
import { BarographError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import { isBitbrains, readBitbrains } from '../../simulate/histories/bitbrains.ts';
import { readSource } from '../../simulate/histories/from-source.ts';
import { readPrometheusRequests } from '../../simulate/histories/prometheus-requests.ts';
import { readRequests } from '../../simulate/histories/requests-file.ts';
import { readTraces } from '../../simulate/histories/traces.ts';
import { type History, holdMemory } from '../../simulate/replay/history.ts';
import { readConfig } from '../options.ts';
import type { SimulateOptions } from './options.ts';
import type { ProgressLine } from './progress.ts';

export interface ReadHistory {
  readonly history: History;
  /** Where it is from, for people. */
  readonly origin: string;
}

/** The history that the command line names. Throws USAGE_WRONG, TRACE_INVALID, SOURCE_UNAVAILABLE. */
export async function readHistory(options: SimulateOptions, progress: ProgressLine): Promise<ReadHistory> {
  if ((options.traces === undefined) === (options.from === undefined)) {
    throw new BarographError('USAGE_WRONG', 'expected either --traces PATH or --from prometheus');
  }
  const hours = Number(options.memHold ?? 0);
  if (!(hours >= 0))
    throw new BarographError('USAGE_WRONG', `expected --mem-hold HOURS, received '${options.memHold}'`);
  const isFiles = options.traces !== undefined;
  const read = isFiles ? await fromFiles(options, progress) : await fromPrometheus(options, progress);
  return hours > 0 ? { ...read, history: holdMemory(read.history, hours) } : read;
}

/** A duration from the command line, in seconds. Throws USAGE_WRONG. */
export function secondsOf(name: string, text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new BarographError('USAGE_WRONG', `${name}: expected a duration such as 5m or 14d, received '${text}'`);
}

async function fromFiles(options: SimulateOptions, progress: ProgressLine): Promise<ReadHistory> {
  const { traces: path = '', align = false } = options;
  progress.phase(`reading ${path}`);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (isFolder && (await isBitbrains(path))) return { history: await readBitbrains(path), origin: path };
  const requests = options.requests === undefined ? undefined : await readRequests(options.requests);
  const stepSeconds = secondsOf('--step', options.step);
  return { history: await readTraces(path, { stepSeconds, align, requests }), origin: path };
}

async function fromPrometheus(options: SimulateOptions, progress: ProgressLine): Promise<ReadHistory> {
  const config = prometheusOf(options);
  const stepSeconds = secondsOf('--step', options.step);
  const lastSeconds = secondsOf('--last', options.last);
  const logger = createLogger('warn');
  const endSeconds = Math.floor(systemClock.nowSeconds() / stepSeconds) * stepSeconds;
  const range = { startSeconds: endSeconds - lastSeconds, endSeconds, stepSeconds };
  const source = createPrometheusSource({ config, stepSeconds, clock: systemClock, logger });
  const given = options.requests === undefined ? undefined : await readRequests(options.requests);
  const { origin } = new URL(config.url);
  progress.phase(`reading ${options.last} from ${origin}`);
  try {
    const { history } = await readSource(
      source,
      range,
      async (pods) => given ?? readPrometheusRequests({ config, logger }, endSeconds, lastSeconds, pods),
      (share) => progress.update(share, undefined),
    );
    return { history, origin: `${origin}, the last ${options.last}` };
  } finally {
    await source.close();
  }
}

function prometheusOf({ url, selector, config }: SimulateOptions) {
  const overrides = url === undefined ? {} : { source: { kind: 'prometheus', url } };
  const { source } = readConfig(config === undefined ? {} : { config }, overrides);
  if (source.kind !== 'prometheus') {
    throw new BarographError(
      'USAGE_WRONG',
      `expected --url or a configuration with a Prometheus, received a ${source.kind}`,
    );
  }
  const matchers = [source.selector, selector ?? ''].filter((one) => one !== '').join(',');
  return { ...source, selector: matchers };
}
