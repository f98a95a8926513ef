import type { Registry } from 'prom-client';
import { asCode, type Document, tableRowsOf } from '../../docs/markdown.ts';

/** A metric as its row in docs/metrics.md must say it. */
export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly labels: string;
  readonly help: string;
}

/** The metrics of a registry; prom-client keeps the type and the labels, but its types do not say so. */
export function metricRows(registry: Registry): MetricRow[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, type, labelNames } = metric as unknown as Omit<MetricRow, 'labels'> & { labelNames: string[] };
    return { name, help, type, labels: labelNames.map((label) => `\`${label}\``).join(', ') };
  });
}

/** Where docs/metrics.md and the code disagree. Rows: metric, type, labels, meaning (the metric's help text). */
export function metricProblems(document: Document, rows: readonly MetricRow[]): string[] {
  const known = new Map(rows.map((row) => [row.name, row]));
  const documented = tableRowsOf(document.text).flatMap(({ cells, line }) => {
    const name = asCode(cells[0]);
    return name !== undefined && cells.length === 4 ? [{ name, cells, line }] : [];
  });
  const names = documented.map(({ name }) => name);
  return [
    ...documented.flatMap(({ name, cells, line }, index) => {
      const place = `${document.path}:${line}`;
      const row = known.get(name);
      if (row === undefined) return [`${place}: there is no metric ${name}`];
      if (names.indexOf(name) !== index) return [`${place}: ${name} is documented twice`];
      const expected = [row.type, row.labels, row.help];
      const received = cells.slice(1);
      return expected.every((cell, at) => cell === received[at])
        ? []
        : [`${place}: ${name} is '${expected.join(' | ')}', not '${received.join(' | ')}'`];
    }),
    ...rows
      .filter(({ name }) => !names.includes(name))
      .map(({ name }) => `${document.path}:1: ${name} is not documented`),
  ];
}

/** The values of labels that docs/metrics.md lists: rows of metric, label, values. */
export function labelValues(document: Document): ReadonlyMap<string, readonly string[]> {
  return new Map(
    tableRowsOf(document.text).flatMap(({ cells }) => {
      const [metric, label] = [asCode(cells[0]), asCode(cells[1])];
      if (metric === undefined || label === undefined || cells.length !== 3) return [];
      return [[`${metric} ${label}`, [...(cells[2] ?? '').matchAll(/`([^`]*)`/g)].map((match) => match[1] ?? '')]];
    }),
  );
}
