export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { n: '\n' };

/** The samples of a page in Prometheus' text format whose names begin with a prefix; comments and what cannot be read are passed over. */
export function* metricSamples(text: string, prefix: string): Generator<MetricSample> {
  for (const one of linesOf(text)) {
    if (!one.startsWith(prefix)) continue;
    const sample = sampleOf(one);
    if (sample !== undefined) yield sample;
  }
}

/** The same of metrics by their names: what is not asked for costs next to nothing, on pages of many megabytes too. */
export function* samplesNamed(text: string, names: ReadonlySet<string>): Generator<MetricSample> {
  for (const one of linesOf(text)) {
    if (!names.has(one.slice(0, nameLength(one)))) continue;
    const sample = sampleOf(one);
    if (sample !== undefined) yield sample;
  }
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}

function nameLength(one: string): number {
  const [brace, blank] = [one.indexOf('{'), one.indexOf(' ')];
  if (brace < 0) return blank < 0 ? one.length : blank;
  return blank < 0 ? brace : Math.min(brace, blank);
}

function sampleOf(one: string): MetricSample | undefined {
  const match = line.exec(one.trim());
  if (match === null) return undefined;
  const [, name = '', inner = '', value = ''] = match;
  return { name, labels: labelsOf(inner), value: Number(value.replace('Inf', 'Infinity')) };
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(label)].map(([, key = '', value = '']) => [
    key,
    value.replaceAll(/\\(.)/g, (_, char: string) => escapes[char] ?? char),
  ]);
  return Object.fromEntries(pairs);
}
