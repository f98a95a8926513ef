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
  for (const one of text.split('\n')) {
    if (!one.startsWith(prefix)) continue;
    const match = line.exec(one.trim());
    if (match === null) continue;
    const [, name = '', inner = '', value = ''] = match;
    yield { name, labels: labelsOf(inner), value: Number(value.replace('Inf', 'Infinity')) };
  }
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(label)].map(([, key = '', value = '']) => [
    key,
    value.replaceAll(/\\(.)/g, (_, char: string) => escapes[char] ?? char),
  ]);
  return Object.fromEntries(pairs);
}
