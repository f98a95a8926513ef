import { createReadStream } from 'node:fs';
import { listTraceFiles, unreadable } from '../../collect/trace-files.ts';
import { seriesOfPath } from '../../collect/trace-index.ts';
import { linesOf } from '../../collect/trace-lines.ts';
import { readHeader, readRow, traceInvalid } from '../../collect/trace-row.ts';
import { parseTraceSeries } from '../../collect/trace-series.ts';
import { BarographError } from '../../core/errors.ts';
import { containerId } from '../../core/workload.ts';
import type { History } from '../replay/history.ts';
import { type BuildOptions, HistoryBuilder, type Measured } from './history-builder.ts';

/**
 * A history from Barograph's own trace files (docs/configuration.md): one, or a folder of them, each row read once. Series of nodes are left out.
 * Throws TRACE_INVALID.
 */
export async function readTraces(path: string, options: BuildOptions): Promise<History> {
  const builder = new HistoryBuilder();
  for (const file of await listTraceFiles(path)) {
    try {
      await readFile(path, file, builder);
    } catch (cause) {
      throw cause instanceof BarographError ? cause : unreadable(file, cause);
    }
  }
  return builder.build(options);
}

async function readFile(root: string, path: string, builder: HistoryBuilder): Promise<void> {
  const known = new Map<string, Measured | undefined>();
  const own = seriesOfPath(root, path);
  let hasSeries: boolean | undefined;
  const take = (text: string, line: number): void => {
    const place = { path, line };
    if (hasSeries === undefined) {
      hasSeries = readHeader(text, place).hasSeries;
      return;
    }
    if (text.trim() === '') return;
    const row = readRow(text, hasSeries, place);
    const series = hasSeries ? row.series : own;
    if (!known.has(series)) known.set(series, measuredOf(series, builder, place));
    known.get(series)?.push(row.timeSeconds, row.cpuMillicores, row.memoryBytes);
  };
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: 2 ** 18 }))) {
    for (const { text, number } of lines) take(text, number);
  }
}

/** Where measurements of a series go; undefined for a node's. */
function measuredOf(
  name: string,
  builder: HistoryBuilder,
  place: { readonly path: string; readonly line: number },
): Measured | undefined {
  const series = parseTraceSeries(name);
  if (series === undefined) throw traceInvalid(place, 'a series such as shop/Deployment/cart/app', name);
  return series.kind === 'node' ? undefined : builder.of(containerId(series.key), series.pod);
}
