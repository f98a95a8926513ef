// Fits the gate of src/predict/horizon on the shipped series and those of the folders given, prints how it does on series that it was not fitted on, and
// writes src/predict/horizon/gate-weights.ts: node bench/forecast/train.ts [--cross FILE] [--epochs N] [--every N] [FOLDER…]
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { expertCount } from '../../src/predict/horizon/expert-list.ts';
import { featureCount, type GateWeights } from '../../src/predict/horizon/gate.ts';
import { fitGate, lossOf } from './fit-gate.ts';
import { type Lessons, lessonsOf } from './lessons.ts';
import { seriesOfFolder, shippedSeries } from './series.ts';

const target = fileURLToPath(new URL('../../src/predict/horizon/gate-weights.ts', import.meta.url));
const folds = 4;

const { values: options, positionals } = parseArgs({
  options: {
    epochs: { type: 'string', default: '20' },
    every: { type: 'string', default: '1' },
    cross: { type: 'string' },
  },
  allowPositionals: true,
});
const given = (await Promise.all(positionals.map(seriesOfFolder))).flat();
const machines = [...new Set(given.map(({ name }) => name.split(' ')[0]))];
const kept = given.filter(({ name }) => machines.indexOf(name.split(' ')[0]) % Number(options.every) === 0);
const courses: Lessons[] = [];
for (const series of [...shippedSeries(['aws', 'crane', 'datacentre']), ...kept]) {
  courses.push(lessonsOf(series));
  process.stderr.write(`\r${courses.length} series`);
}
process.stderr.write('\n');
const epochs = Number(options.epochs);
const foldOf = foldsOf(courses);
const start = fitGate([], 0);
const gates: GateWeights[] = [];
for (let fold = 0; fold < folds; fold += 1) {
  const gate = fitGate(
    courses.filter((_, i) => foldOf[i] !== fold),
    epochs,
  );
  gates.push(gate);
  const unseen = courses.filter((_, i) => foldOf[i] === fold);
  process.stdout.write(
    `fold ${fold}: ${unseen.length} series unseen, ${geometric(start, unseen)} → ${geometric(gate, unseen)} of the best expert\n`,
  );
}
if (options.cross !== undefined) {
  const text = gates.map(({ biases, slopes }) => ({ biases: [...biases], slopes: [...slopes] }));
  writeFileSync(options.cross, JSON.stringify({ gates: text, names: courses.map(({ name }) => name), foldOf }));
}
const final = fitGate(courses, epochs);
process.stdout.write(`all: ${geometric(start, courses)} → ${geometric(final, courses)}\n`);
writeFileSync(target, sourceOf(final));

/** Machines in turn, so that a machine's CPU and memory are in one fold. */
function foldsOf(all: readonly Lessons[]): number[] {
  const order = [...new Set(all.map(({ machine }) => machine))];
  return all.map(({ machine }) => order.indexOf(machine) % folds);
}

function geometric(gate: GateWeights, of: readonly Lessons[]): string {
  return Math.exp(of.reduce((sum, course) => sum + Math.log(lossOf(gate, course)), 0) / of.length).toFixed(4);
}

function sourceOf({ biases, slopes }: GateWeights): string {
  const rows = (numbers: Float64Array, columns: number): string =>
    Array.from({ length: numbers.length / columns }, (_, row) => {
      const held = [...numbers.subarray(row * columns, (row + 1) * columns)];
      return `  [${held.map((value) => Number(value.toFixed(2))).join(', ')}],\n`;
    }).join('');
  return `/** Made by \`node bench/forecast/train.ts\`; what the numbers mean: gate.ts. One row for each bucket of lead. */
export const gateBiases: readonly (readonly number[])[] = [
${rows(biases, expertCount)}];
export const gateSlopes: readonly (readonly number[])[] = [
${rows(slopes, featureCount)}];
`;
}
