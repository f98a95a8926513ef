import { renderTable } from '../src/cli/table.ts';
import { type PerResource, resources } from '../src/core/resource.ts';
import { SizingFleet } from '../src/predict/sizing/sizing-fleet.ts';
import { readBitbrains } from '../src/simulate/histories/bitbrains.ts';
import { policyNamed } from '../src/simulate/policies.ts';
import { type Advice, noAdvice, type Policy, type PolicyKind, type PromisedRisk } from '../src/simulate/policy.ts';
import { intervalOf, resample } from '../src/simulate/replay/bootstrap.ts';
import { type FigureName, figuresOf } from '../src/simulate/replay/figures.ts';
import type { History } from '../src/simulate/replay/history.ts';
import { Recorder } from '../src/simulate/replay/recorder.ts';
import { replay } from '../src/simulate/replay/replay.ts';
import { defaultObjective, type Variant, windowsOf } from '../src/simulate/replay/rules.ts';
import type { Sums } from '../src/simulate/replay/tally.ts';

const week = 7 * 86_400;
const tolerance = 1e-4;

/** A fleet that is sized by price, as a policy of the replay. */
const priced: PolicyKind = {
  name: 'priced',
  description: 'src/predict/sizing',
  isIndependent: false,
  create: ({ stepSeconds, objective, series }): Policy => {
    const promised = { cpu: objective.cpuExceeded, memory: objective.memoryExceededPerDay };
    const capacities = series.map(({ capacity }) => capacity);
    const fleet = new SizingFleet(stepSeconds, promised, capacities);
    return {
      name: 'priced',
      observe: (step) => fleet.observe(step),
      recommend: (only) => {
        const advice = noAdvice(series.length);
        for (const i of only ?? series.keys()) put(advice, i, fleet.target(i));
        return advice;
      },
    };
  },
};

/** A target stays until changing it is worth it: a request that differs is to be changed now. */
function put(advice: PerResource<Advice>, i: number, targets: PerResource<number> | undefined): void {
  if (targets === undefined) return;
  for (const resource of resources) {
    advice[resource].lower[i] = targets[resource] * (1 - tolerance);
    advice[resource].target[i] = targets[resource];
    advice[resource].upper[i] = targets[resource] * (1 + tolerance);
  }
}

interface Run {
  readonly kind: PolicyKind;
  readonly variant: Variant;
  readonly objective: PromisedRisk;
}

const own = (objective: Partial<PromisedRisk> = {}, variant: Variant = 'updater'): Run => ({
  kind: priced,
  variant,
  objective: { ...defaultObjective, ...objective },
});

/** The VPA, the promises between which the curve is drawn, and resizing in place. */
const runs: readonly Run[] = [
  { kind: policyNamed('vpa'), variant: 'updater', objective: defaultObjective },
  own(),
  own({}, 'inplace'),
  ...[0.03, 0.085, 0.3].map((memoryExceededPerDay) => own({ memoryExceededPerDay })),
  ...[0.005, 0.02, 0.05].map((cpuExceeded) => own({ cpuExceeded })),
];

function sumsOf(history: History, { kind, variant, objective }: Run): readonly Sums[] {
  const recorder = new Recorder(history, { windows: windowsOf(history.times.length, history.stepSeconds, week) });
  const series = history.ids.map((id, i) => ({
    id,
    capacity: { cpu: history.capacity.cpu[i] ?? 0, memory: history.capacity.memory[i] ?? 0 },
  }));
  const policy = kind.create({ stepSeconds: history.stepSeconds, objective, series });
  const turns = replay(history, { variant }, recorder.onStep);
  let advice: PerResource<Advice> | undefined;
  for (let next = turns.next(); next.done !== true; next = turns.next(advice)) {
    policy.observe(next.value.step);
    advice = next.value.asks ? policy.recommend(next.value.only) : undefined;
  }
  return recorder.part().windows.map(({ sums }) => sums);
}

const shown: readonly (readonly [title: string, name: FigureName, scale: number, digits: number])[] = [
  ['memory req/use', 'memReqPerUse', 1, 2],
  ['kills/1000 d', 'oomPer1000Days', 1, 0],
  ['cpu req/use', 'cpuReqPerUse', 1, 2],
  ['cpu exceeded %', 'cpuExceeded', 100, 2],
  ['deficit %', 'cpuDeficit', 100, 2],
  ['series over %', 'seriesOverCpuObjective', 100, 0],
  ['changes/d', 'changesPerDay', 1, 2],
];

function rowOf(history: History, run: Run): readonly string[] {
  const { kind, variant, objective } = run;
  const [scored, cold] = sumsOf(history, run);
  if (scored === undefined || cold === undefined) return [];
  const figures = figuresOf(scored, objective);
  const resampled = resample(scored, objective);
  const cells = shown.map(([, name, scale, digits]) => {
    const interval = intervalOf(name, resampled);
    const text = (value: number | null | undefined): string => ((value ?? Number.NaN) * scale).toFixed(digits);
    return `${text(figures[name])} [${text(interval?.low)}, ${text(interval?.high)}]`;
  });
  const first = figuresOf(cold, objective);
  return [
    `${kind.name} ${variant}`,
    `${objective.cpuExceeded * 100} %, ${objective.memoryExceededPerDay}`,
    ...cells,
    ...guards(scored),
    `${(first.memReqPerUse ?? 0).toFixed(2)} at ${(first.oomPer1000Days ?? 0).toFixed(0)}, ${(100 * (first.cpuDeficit ?? 0)).toFixed(1)} %`,
  ];
}

/** What must not be worse than the VPA's: medians, geometric means, the worst series, the four largest. */
function guards(sums: Sums): readonly string[] {
  const all = [...sums.days.keys()];
  const ratio = (a: Float64Array, b: Float64Array): number => {
    const logs = all.flatMap((i) => ((b[i] ?? 0) > 0 ? [Math.log((a[i] ?? 0) / (b[i] ?? 1))] : []));
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length));
  };
  const perDay = all.map((i) => (sums.oom[i] ?? 0) / Math.max(1e-9, sums.days[i] ?? 0));
  const largest = all.toSorted((a, b) => (sums.memUse[b] ?? 0) - (sums.memUse[a] ?? 0)).slice(0, 4);
  return [
    `${ratio(sums.memReq, sums.memUse).toFixed(2)}, ${ratio(sums.cpuReq, sums.cpuUse).toFixed(2)}`,
    Math.max(...perDay).toFixed(2),
    String(largest.reduce((sum, i) => sum + (sums.oom[i] ?? 0), 0)),
  ];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node bench/predict-sizing.ts FOLDER (traces of GWA-T-12, or of its shape)\n');
  process.exitCode = 2;
} else {
  const history = await readBitbrains(folder);
  const last = ['geometric mean, memory, cpu', 'worst series’ kills/d', 'kills of the 4 largest', 'first 24 h'];
  const header = ['policy', 'promised', ...shown.map(([title]) => title), ...last];
  const rows: (readonly string[])[] = [];
  for (const run of runs) {
    rows.push(rowOf(history, run));
    process.stderr.write(`${rows.length} of ${runs.length}\n`);
  }
  process.stdout.write(
    `${renderTable(
      header,
      rows.map((row) => [...row]),
    )}\n`,
  );
}
