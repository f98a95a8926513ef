import { runFleet } from '../test/journey/fleet/run-fleet.ts';
import type { Benchmark, Row } from './benchmark.ts';

const seeds = [1, 2, 3, 4, 5];
const nodes = 100;

/** Not a time but what placement by forecast is worth: needs a control plane and Prometheus, and a quarter of an hour. */
export const fleetBenchmark: Benchmark = {
  name: 'fleet',
  description: `hot node-minutes of ${nodes} nodes with and without the extender, ${seeds.length} seeds (15 minutes, by name only)`,
  isLong: true,
  async run() {
    const rows: Row[] = [];
    for (const seed of seeds) {
      const { pods, stock, forecast, ratio } = await runFleet({ seed, nodes, say });
      rows.push({
        seed,
        pods,
        base: stock.base,
        alone: stock.minutes,
        extended: forecast.minutes,
        ratio: round(ratio),
      });
    }
    const ratios = rows.map((row) => Number(row.ratio)).sort((a, b) => a - b);
    rows.push({
      seed: 'median',
      pods: '',
      base: '',
      alone: '',
      extended: '',
      ratio: ratios[Math.floor(ratios.length / 2)] ?? '',
    });
    return rows;
  },
};

function say(line: string): void {
  process.stderr.write(`fleet: ${line}\n`);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
