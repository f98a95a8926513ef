import { BarographError } from './errors.ts';
import { Scanner } from './scan.ts';

export const objectivePrefix = 'slo.barograph.dev/';

export type Comparison = '<' | '<=' | '>' | '>=';

/** Latency promised at a percentile (50 to under 100, as a share of 1), as the mean or as the maximum. */
export interface LatencyObjective {
  readonly statistic: 'mean' | 'max' | { readonly percentile: number };
  readonly comparison: '<' | '<=';
  readonly latencyMilliseconds: number;
}

export interface ThroughputObjective {
  readonly comparison: '>' | '>=';
  readonly value: number;
  readonly unit: 'none' | '/s' | '/m' | 'iops' | 'MiB/s' | 'MB/s';
}

/** Every promise of one pod. Risks are shares of 1. Source of the grammar: docs/annotations.md. */
export interface Objective {
  /** Share of 5-minute windows in which CPU demand may exceed the request. */
  readonly cpuExceeded?: number;
  /** Chance per container-day that memory demand exceeds the limit. */
  readonly memoryExceeded?: number;
  readonly latency?: LatencyObjective;
  readonly throughput?: ThroughputObjective;
  readonly availability?: { readonly comparison: '>' | '>='; readonly share: number };
  readonly profile?: string;
}

const number = /\d+(?:\.\d+)?/;

const parsers = {
  'cpu-exceeded': (scan: Scanner) => ({ cpuExceeded: percentage(scan, false) }),
  'memory-exceeded': (scan: Scanner) => ({ memoryExceeded: percentage(scan, true) }),
  latency: (scan: Scanner) => ({ latency: latency(scan) }),
  throughput: (scan: Scanner) => ({ throughput: throughput(scan) }),
  availability: (scan: Scanner) => ({ availability: availability(scan) }),
  profile: (scan: Scanner) => ({ profile: profile(scan) }),
} satisfies Record<string, (scan: Scanner) => Objective>;

/** The parts after `slo.barograph.dev/` that mean something. */
export const objectiveNames: readonly string[] = Object.keys(parsers);

/** Parses one annotation's value. `name` is the part after `slo.barograph.dev/`. Throws ANNOTATION_INVALID. */
export function parseObjective(name: string, text: string): Objective {
  const parser = Object.hasOwn(parsers, name) ? parsers[name as keyof typeof parsers] : undefined;
  if (parser === undefined) {
    const known = Object.keys(parsers).join(', ');
    throw new BarographError(
      'ANNOTATION_INVALID',
      `${objectivePrefix}${name}: unknown objective; expected one of ${known}`,
    );
  }
  const scan = new Scanner(`${objectivePrefix}${name}`, text);
  const parsed = parser(scan);
  scan.expectEnd();
  return parsed;
}

export interface ParsedAnnotations {
  readonly objective: Objective;
  /** One message for each annotation that could not be read; the others still count. */
  readonly errors: readonly string[];
  /** Whether any objective annotation is there, readable or not: that is what opting in means. */
  readonly present: boolean;
}

/** Reads every `slo.barograph.dev/` annotation of an object. Never throws. */
export function readObjective(annotations: Readonly<Record<string, string>> | undefined): ParsedAnnotations {
  let objective: Objective = {};
  const errors: string[] = [];
  let present = false;
  for (const [key, text] of Object.entries(annotations ?? {})) {
    if (!key.startsWith(objectivePrefix)) continue;
    present = true;
    try {
      objective = { ...objective, ...parseObjective(key.slice(objectivePrefix.length), text) };
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { objective, errors, present };
}

function percentage(scan: Scanner, hundredAllowed: boolean): number {
  const start = scan.position;
  const percent = Number(scan.expect(number, 'a number'));
  scan.expect(/%/, "'%'");
  const highest = hundredAllowed ? 'at most 100' : 'below 100';
  if (!(percent > 0 && (percent < 100 || (hundredAllowed && percent === 100)))) {
    scan.fail(`a percentage above 0 and ${highest}`, start);
  }
  return percent / 100;
}

function latency(scan: Scanner): LatencyObjective {
  const statistic = latencyStatistic(scan);
  const comparison = scan.expect(/<=?/, "'<' or '<='") as '<' | '<=';
  return { statistic, comparison, latencyMilliseconds: duration(scan) };
}

function latencyStatistic(scan: Scanner): LatencyObjective['statistic'] {
  const start = scan.position;
  const word = scan.expect(/mean|max|p\d+(?:\.\d+)?/, "'mean', 'max' or a percentile such as 'p99'");
  if (word === 'mean' || word === 'max') return word;
  const percent = Number(word.slice(1));
  if (!(percent > 0 && percent < 100)) scan.fail('a percentile above 0 and below 100', start);
  return { percentile: percent / 100 };
}

const millisecondsPerUnit = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };

/** A Go duration above zero (`1.5s`, `1m30s`, `2us`), in milliseconds. */
function duration(scan: Scanner): number {
  const start = scan.position;
  const text = scan.expect(
    /(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*/,
    "a duration with a unit, such as '250ms'",
  );
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * millisecondsPerUnit[unit as keyof typeof millisecondsPerUnit];
  }
  if (!(total > 0)) scan.fail('a duration above zero', start);
  return total;
}

function throughput(scan: Scanner): ThroughputObjective {
  const comparison = scan.expect(/>=?/, "'>' or '>='") as '>' | '>=';
  const start = scan.position;
  const value = Number(scan.expect(number, 'a number'));
  if (!(value > 0)) scan.fail('a number above 0', start);
  const unit = scan.take(/\/s|\/m|iops|MiB\/s|MB\/s/) as ThroughputObjective['unit'] | undefined;
  return { comparison, value, unit: unit ?? 'none' };
}

function availability(scan: Scanner): { comparison: '>' | '>='; share: number } {
  const comparison = scan.expect(/>=?/, "'>' or '>='") as '>' | '>=';
  return { comparison, share: percentage(scan, comparison === '>=') };
}

function profile(scan: Scanner): string {
  return scan.expect(/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/, 'a DNS label');
}
