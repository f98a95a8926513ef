import { parseArgs } from 'node:util';
import { renderTable } from '../src/cli/table.ts';
import { readBitbrains } from '../src/simulate/histories/bitbrains.ts';
import type { PromisedRisk } from '../src/simulate/policy.ts';
import { intervalOf, resample } from '../src/simulate/replay/bootstrap.ts';
import { type FigureName, figuresOf } from '../src/simulate/replay/figures.ts';
import { guardsOf } from '../src/simulate/replay/guards.ts';
import { type History, holdMemory } from '../src/simulate/replay/history.ts';
import { defaultObjective } from '../src/simulate/replay/rules.ts';
import type { Sums } from '../src/simulate/replay/tally.ts';
import { bestOn, crossValidated, optionsOf, type Windows } from './sizing/cross-validation.ts';
import { ownRun, peerRun, played, type Run } from './sizing/played.ts';

const usage = `usage: node bench/predict-sizing.ts FOLDER [--folds N] [--mem-hold HOURS]
  FOLDER   traces of GWA-T-12, or of its shape
  --folds  in place of the sweep: options chosen on N − 1 parts of the series, judged on the part left out
`;

/** The VPA, the promises between which the curve is drawn, and resizing in place. */
const runs: readonly Run[] = [
  peerRun('vpa'),
  ownRun(),
  ownRun({}, 'inplace'),
  ...[0.03, 0.085, 0.3].map((memoryExceededPerDay) => ownRun({ memoryExceededPerDay })),
  ...[0.005, 0.02, 0.05].map((cpuExceeded) => ownRun({ cpuExceeded })),
];

const shown: readonly (readonly [title: string, name: FigureName, scale: number, digits: number])[] = [
  ['memory req/use', 'memReqPerUse', 1, 2],
  ['kills/1000 d', 'oomPer1000Days', 1, 0],
  ['cpu req/use', 'cpuReqPerUse', 1, 2],
  ['cpu exceeded %', 'cpuExceeded', 100, 2],
  ['deficit %', 'cpuDeficit', 100, 2],
  ['series over %', 'seriesOverCpuObjective', 100, 0],
  ['changes/d', 'changesPerDay', 1, 2],
];

const header = [
  'policy',
  'promised',
  ...shown.map(([title]) => title),
  'kept to 1.25: kills, cpu %',
  'median slack %: mem, cpu',
  'geometric mean: mem, cpu',
  'OOM-days %',
  'worst: kills/d, cpu %',
  'kills of the 4 largest',
  'first 24 h',
];

function rowOf(name: string, { scored, cold }: Windows, objective: PromisedRisk): string[] {
  const figures = figuresOf(scored, objective);
  const resampled = resample(scored, objective);
  const text = (value: number | null | undefined, scale = 1, digits = 2): string =>
    ((value ?? Number.NaN) * scale).toFixed(digits);
  const cells = shown.map(([, figure, scale, digits]) => {
    const interval = intervalOf(figure, resampled);
    const of = (value: number | null | undefined): string => text(value, scale, digits);
    return `${of(figures[figure])} [${of(interval?.low)}, ${of(interval?.high)}]`;
  });
  const [guards, first] = [guardsOf(scored), figuresOf(cold, objective)];
  return [
    name,
    `${text(objective.cpuExceeded, 100, 1)} %, ${objective.memoryExceededPerDay}`,
    ...cells,
    `${text(keptTo(scored.oom, scored.days, objective.memoryExceededPerDay), 100, 0)}, ${text(keptTo(scored.cpuOver, scored.cpuSteps, objective.cpuExceeded), 100, 0)}`,
    `${text(figures.memSlackMedian, 100, 1)}, ${text(figures.cpuSlackMedian, 100, 1)}`,
    `${text(guards.memReqPerUse)}, ${text(guards.cpuReqPerUse)}`,
    text(figures.oomDayShare, 100, 1),
    `${text(guards.worstOomPerDay)}, ${text(guards.worstCpuExceeded, 100, 1)}`,
    text(guards.largestOom, 1, 0),
    `${text(first.memReqPerUse)} at ${text(first.oomPer1000Days, 1, 0)}, ${text(first.cpuDeficit, 100, 1)} %`,
  ];
}

/** The share of the series in which it happened at most 1.25 times as often as promised. */
function keptTo(happened: Sums['oom'], of: Sums['days'], promised: number): number {
  const kept = happened.filter((count, i) => count <= 1.25 * promised * (of[i] ?? 0));
  return kept.length / Math.max(1, happened.length);
}

function sweep(history: History): string[][] {
  return runs.map((run, i) => {
    const row = rowOf(`${run.name} ${run.variant}`, played(history, run), run.objective);
    process.stderr.write(`${i + 1} of ${runs.length}\n`);
    return row;
  });
}

/** What the same choice of options comes to on the series it was made on, and on others. */
function byFolds(history: History, folds: number): string[][] {
  const objective = defaultObjective;
  const best = bestOn(history, objective);
  process.stdout.write(`chosen on all series: memory '${best.memory}', cpu '${best.cpu}'\n`);
  const { heldOut, shipped, chosen } = crossValidated(history, folds, objective, (fold) => {
    process.stderr.write(`${fold + 1} of ${folds}\n`);
  });
  for (const [fold, { memory, cpu }] of chosen.entries()) {
    process.stdout.write(`chosen without part ${fold + 1}: memory '${memory}', cpu '${cpu}'\n`);
  }
  return [
    rowOf('as shipped, one fleet', played(history, ownRun()), objective),
    rowOf('chosen on all, judged on the same', played(history, ownRun({}, 'updater', optionsOf(best))), objective),
    rowOf(`as shipped, ${folds} fleets`, shipped, objective),
    rowOf(`chosen on the others, ${folds} fleets: held out`, heldOut, objective),
  ];
}

const { values, positionals } = parseArgs({
  options: { folds: { type: 'string' }, 'mem-hold': { type: 'string' } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const read = await readBitbrains(folder);
  const history = values['mem-hold'] === undefined ? read : holdMemory(read, Number(values['mem-hold']));
  const rows = values.folds === undefined ? sweep(history) : byFolds(history, Number(values.folds));
  process.stdout.write(`${renderTable(header, rows)}\n`);
}
