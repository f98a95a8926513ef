import { statSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { renderTable } from '../src/cli/table.ts';
import { nearest } from '../src/core/nearest.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { bodiesBenchmark } from './bodies.ts';
import { capacityBenchmark } from './capacity.ts';
import { creationBenchmark } from './creation.ts';
import { disksBenchmark } from './disks.ts';
import { extenderBenchmark } from './extender.ts';
import { fleetBenchmark } from './fleet.ts';
import { forecastBenchmark } from './forecast.ts';
import { fuzzBenchmark } from './fuzz.ts';
import { predictBenchmark } from './predict.ts';
import { replayBenchmark } from './replay.ts';
import { serverBenchmark } from './server.ts';
import { sizingBenchmark } from './sizing.ts';
import { soakBenchmark } from './soak.ts';
import { startBenchmark } from './start.ts';
import { trainBenchmark } from './train.ts';

const benchmarks: readonly Benchmark[] = [
  predictBenchmark,
  trainBenchmark,
  sizingBenchmark,
  replayBenchmark,
  extenderBenchmark,
  serverBenchmark,
  fleetBenchmark,
  soakBenchmark,
  bodiesBenchmark,
  startBenchmark,
  creationBenchmark,
  fuzzBenchmark,
  disksBenchmark,
  capacityBenchmark,
  forecastBenchmark,
];
const usage = `usage: npm run bench [-- [--json] [NAME … [FOLDER …]]]

${benchmarks.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n')}
`;

/** Runs the benchmarks named, all but the long ones without a name; tables on stdout, or one JSON document with --json. */
async function main(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const isBenchmark = (name: string): boolean => benchmarks.some((one) => one.name === name);
  const takesFolders = benchmarks.some((one) => one.takesFolders === true && positionals.includes(one.name));
  const folders = positionals.filter((name) => takesFolders && !isBenchmark(name) && isFolder(name));
  const unknown = positionals.find((name) => !isBenchmark(name) && !folders.includes(name));
  if (unknown !== undefined) {
    const near = nearest(
      unknown,
      benchmarks.map(({ name }) => name),
    );
    process.stderr.write(
      `no benchmark '${unknown}'${near === undefined ? '' : `, did you mean '${near}'?`}\n\n${usage}`,
    );
    return 2;
  }
  const chosen = benchmarks.filter(({ name, isLong = false }) =>
    positionals.length === 0 ? !isLong : positionals.includes(name),
  );
  const results: Record<string, readonly Row[]> = {};
  for (const benchmark of chosen) {
    process.stderr.write(`${benchmark.name}: ${benchmark.description} …\n`);
    const rows = await benchmark.run(folders);
    results[benchmark.name] = rows;
    if (values.json !== true) process.stdout.write(`${tableOf(rows)}\n\n`);
  }
  if (values.json === true) process.stdout.write(`${JSON.stringify({ machine: machine(), results }, undefined, 2)}\n`);
  return 0;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function tableOf(rows: readonly Row[]): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return renderTable(
    header,
    rows.map((row) => header.map((key) => String(row[key] ?? ''))),
  );
}

function machine() {
  return { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model.trim() ?? 'unknown' };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
