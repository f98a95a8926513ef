import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatRow, seriesColumns, singleColumns, type TraceRow } from '../../src/collect/trace-row.ts';
import { type DemoSeries, demoContainers, demoNodes, makeDemo } from './demo.ts';
import { type Recorded, readSources } from './sources.ts';

// Writes data/recorded-scaled and data/demo-made-up anew: `node test/data/make.ts SOURCES`, where SOURCES is a folder as data/README.md describes it.
const [, , sourceFolder] = process.argv;
const data = new URL('../../data/', import.meta.url).pathname;
if (sourceFolder === undefined) {
  console.error('usage: node test/data/make.ts SOURCES');
  process.exit(2);
}
const sources = readSources(sourceFolder);
rmSync(join(data, 'recorded-scaled'), { recursive: true, force: true });
rmSync(join(data, 'demo-made-up'), { recursive: true, force: true });
for (const source of sources) writeRecorded(source);
for (const series of makeDemo(demoContainers, sources)) writeAlone(series);
writeTogether('demo-made-up/nodes.csv', makeDemo(demoNodes, sources));
for (const { name, scale, times } of sources) console.log(`| ${name} | ${times.length} | ${scale} |`);

function writeRecorded({ name, origin, times, cpuMillicores, memoryBytes }: Recorded): void {
  const rows = times.map((timeSeconds, i) => ({
    timeSeconds,
    cpuMillicores: rounded(cpuMillicores[i], 4),
    memoryBytes: rounded(memoryBytes[i], 9),
  }));
  write(`recorded-scaled/${origin}/Recording/${name}/all.csv`, alone(rows));
}

/** One file per series: its path below the folder names it. */
function writeAlone({ series, rows }: DemoSeries): void {
  const levelled = rows.map(({ timeSeconds, ...values }) => ({ timeSeconds, ...levels(values) }));
  write(`demo-made-up/${series}.csv`, alone(levelled));
}

function alone(rows: readonly Omit<TraceRow, 'series'>[]): string[] {
  // Without the second column, the series.
  return [singleColumns, ...rows.map((row) => formatRow({ ...row, series: '' }).replace(',,', ','))];
}

/** Several series in one file, in the order of time. */
function writeTogether(path: string, all: readonly DemoSeries[]): void {
  const rows = all.flatMap(({ series, rows }) =>
    rows.map(({ timeSeconds, ...values }) => ({ timeSeconds, series, ...levels(values) })),
  );
  rows.sort((a, b) => a.timeSeconds - b.timeSeconds);
  write(path, [seriesColumns, ...rows.map(formatRow)]);
}

function levels({ cpuMillicores, memoryBytes }: Levels): Levels {
  return { cpuMillicores: rounded(cpuMillicores, 4), memoryBytes: Math.round(memoryBytes / 4096) * 4096 };
}

type Levels = Pick<TraceRow, 'cpuMillicores' | 'memoryBytes'>;

function write(path: string, lines: readonly string[]): void {
  const file = join(data, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
}

function rounded(value: number | undefined, digits: number): number {
  return value === undefined || Number.isNaN(value) ? Number.NaN : Number(value.toPrecision(digits));
}
