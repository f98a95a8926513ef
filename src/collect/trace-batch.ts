import type { TimeRange } from '../core/time-range.ts';
import { noRepairs } from './repair.ts';
import type { ContainerUsage, NodeUsage, UsageBatch } from './source.ts';
import type { TraceRow } from './trace-row.ts';
import { parseTraceSeries } from './trace-series.ts';
import { type Sample, usageColumns } from './usage-grid.ts';

interface SeriesSamples {
  readonly cpuMillicores: Sample[];
  readonly memoryBytes: Sample[];
}

/** The usage that rows of a trace say of a stretch of time. */
export function traceBatch(rows: readonly TraceRow[], range: TimeRange): UsageBatch {
  const repairs = noRepairs();
  const containers: ContainerUsage[] = [];
  const nodes: NodeUsage[] = [];
  for (const [name, samples] of bySeries(rows)) {
    const series = parseTraceSeries(name);
    const columns = usageColumns(samples, range, repairs, Number.POSITIVE_INFINITY);
    if (series === undefined || columns === undefined) continue;
    if (series.kind === 'node') nodes.push({ node: series.node, ...columns });
    else containers.push({ key: series.key, pod: series.pod, node: series.node, ...columns });
  }
  return { range, containers, nodes, repairs };
}

function bySeries(rows: readonly TraceRow[]): Map<string, SeriesSamples> {
  const all = new Map<string, SeriesSamples>();
  for (const { series, timeSeconds, cpuMillicores, memoryBytes } of rows) {
    const into = all.get(series) ?? { cpuMillicores: [], memoryBytes: [] };
    all.set(series, into);
    // An empty field is no sample; what is not finite is one that repair counts.
    if (!Number.isNaN(cpuMillicores)) into.cpuMillicores.push([timeSeconds, cpuMillicores]);
    if (!Number.isNaN(memoryBytes)) into.memoryBytes.push([timeSeconds, memoryBytes]);
  }
  return all;
}
