import { BarographError } from '../../../src/core/errors.ts';

export interface ExposedMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

export interface ExposedSample {
  /** With `_bucket`, `_sum` or `_count` of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelPart = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads Prometheus' text format strictly, as written in its documentation (exposition formats, version 0.0.4); throws at the first wrong line. */
export function parseExposition(text: string): ReadonlyMap<string, ExposedMetric> {
  if (!text.endsWith('\n')) throw wrong('the end', 'a line feed');
  const found = new Found();
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) found.describe(line);
    else if (line !== '') found.add(line);
  }
  return found.metrics;
}

class Found {
  readonly metrics = new Map<string, { type: string; help: string; samples: ExposedSample[] }>();
  readonly #seen = new Set<string>();

  describe(line: string): void {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    const metric = this.metrics.get(name);
    if (keyword === 'HELP' && metric === undefined) this.metrics.set(name, { type: '', help: rest, samples: [] });
    else if (keyword === 'TYPE' && metric?.type === '') metric.type = rest;
    else throw wrong(line, 'HELP and then TYPE, once a metric');
  }

  add(line: string): void {
    const sample = parseSample(line);
    const metric = this.metrics.get(sample.name) ?? this.metrics.get(sample.name.replace(/_(bucket|sum|count)$/, ''));
    if (metric === undefined || metric.type === '') throw wrong(line, 'TYPE before samples');
    const identity = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (this.#seen.has(identity)) throw wrong(line, 'a sample once');
    this.#seen.add(identity);
    metric.samples.push(sample);
  }
}

function parseSample(line: string): ExposedSample {
  const [, name, inner = '', number] = sampleLine.exec(line) ?? [];
  if (name === undefined || number === undefined) throw wrong(line, 'a sample');
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  if (Number.isNaN(value) && number !== 'Nan') throw wrong(line, 'a number');
  return { name, labels: parseLabels(inner, line), value };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPart.lastIndex = 0;
  while (labelPart.lastIndex < text.length) {
    const [, name = '', value = ''] = labelPart.exec(text) ?? [];
    if (name === '' || name in labels) throw wrong(line, 'labels');
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : String(escaped)));
  }
  return labels;
}

function wrong(line: string, expected: string): BarographError {
  return new BarographError('INTERNAL', `expected ${expected} in the text format, received: ${line}`);
}
