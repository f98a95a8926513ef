import { type DiskModel, type Hazards, horizons } from './disk-model.ts';
import type { Drive } from './drive-table.ts';
import { fitLogistic } from './fit-logistic.ts';
import { calmness, covariateCount, hazardWidth, leastRises, probabilities, writeCovariates } from './hazard.ts';
import { type HazardRow, visitWeeks, within } from './hazard-rows.ts';
import { fitEffects, type ModelEffects } from './model-effects.ts';
import type { Tree } from './tree.ts';

const ridge = 2;
const knotShares = [0, 0.2, 0.28, 0.4, 0.5, 0.65, 0.8, 0.92];
/** What was long ago counts less: models are replaced, disks of a model grow old together, and so does what is done about them. */
const halfLifeDays = 365;
const none: ModelEffects = { byModel: {}, byVendor: {} };

type Fitted = Pick<DiskModel, 'knots' | 'effects' | 'oldestYears' | 'hazards'>;

interface Rows {
  readonly rows: Omit<HazardRow, 'state'>[];
  readonly signals: number[];
  readonly ages: number[];
  readonly models: string[];
}

/** Fits the hazards by signal and age, counts the models' records against what these expect, and fits again with the records beside them. */
export function fitHazards(drives: readonly Drive[], treesOf: (drive: number) => readonly Tree[]): Fitted {
  const seen = look(drives, treesOf);
  const base = { knots: knotsOf(seen), oldestYears: oldestOf(seen.ages) };
  const plain = covariatesOf(drives, treesOf, { ...base, effects: none });
  const effects = effectsOf(seen, plain, fitAll(seen, plain, base.knots), base.knots);
  const covariates = covariatesOf(drives, treesOf, { ...base, effects });
  return { ...base, effects, hazards: level(seen, covariates, fitAll(seen, covariates, base.knots), base.knots) };
}

function look(drives: readonly Drive[], treesOf: (drive: number) => readonly Tree[]): Rows {
  const seen: Rows = { rows: [], signals: [], ages: [], models: [] };
  const newest = drives.reduce((last, { days }) => Math.max(last, days.at(-1) ?? last), 0);
  for (const [i, drive] of drives.entries()) {
    visitWeeks(drive, treesOf(i), ({ state, day, weight, daysToFailure, daysKnown }) => {
      seen.rows.push({ day, weight: weight * 0.5 ** ((newest - day) / halfLifeDays), daysToFailure, daysKnown });
      seen.signals.push(state.signal);
      seen.ages.push(state.powerOnHours);
      seen.models.push(state.model);
    });
  }
  return seen;
}

function covariatesOf(
  drives: readonly Drive[],
  treesOf: (drive: number) => readonly Tree[],
  shape: Omit<Fitted, 'hazards'>,
) {
  const width = covariateCount(shape.knots);
  const all: Float64Array[] = [];
  for (const [i, drive] of drives.entries()) {
    visitWeeks(drive, treesOf(i), ({ state }) => {
      const row = new Float64Array(width);
      writeCovariates(shape, state, row);
      all.push(row);
    });
  }
  return all;
}

/** Shares of the signals of days soon before a failure, and the lowest signal of all. */
function knotsOf({ rows, signals }: Rows): readonly number[] {
  const near = Float64Array.from(
    signals.filter((_, i) => (rows[i]?.daysToFailure ?? 0) <= (horizons.at(-1) ?? 0)),
  ).sort();
  const lowest = signals.reduce((low, signal) => Math.min(low, signal), Number.POSITIVE_INFINITY);
  const knots = knotShares.map((share) => (share === 0 ? lowest : (near[Math.floor(share * near.length)] ?? lowest)));
  return [...new Set(knots)].toSorted((a, b) => a - b);
}

function oldestOf(ages: readonly number[]): number {
  const known = Float64Array.from(ages.filter(Number.isFinite)).sort();
  return (known[Math.floor(0.99 * known.length)] ?? 8766) / 8766;
}

function fitAll({ rows }: Rows, covariates: readonly Float64Array[], knots: readonly number[]): Hazards {
  const width = covariateCount(knots);
  const least = leastRises(knots);
  return {
    hazard: fitOn((row) => within(row, 0, 30), hazardWidth(knots), least),
    within7: fitOn((row) => (row.daysToFailure <= 30 ? within(row, 0, 7) : undefined), width),
    within14: fitOn((row) => (row.daysToFailure <= 30 ? within(row, 7, 14) : undefined), width),
  };

  function fitOn(
    outcomeOf: (row: Rows['rows'][number]) => 0 | 1 | undefined,
    columns: number,
    bounds?: readonly number[],
  ) {
    const used = rows.flatMap((row, i) => {
      const y = outcomeOf(row);
      return y === undefined ? [] : [{ i, y, weight: row.weight }];
    });
    const x = new Float64Array(used.length * columns);
    for (const [at, { i }] of used.entries()) x.set(covariates[i]?.subarray(0, columns) ?? [], at * columns);
    const y = Uint8Array.from(used, (one) => one.y);
    const weight = Float64Array.from(used, (one) => one.weight);
    return [...fitLogistic({ rows: used.length, width: columns, x, y, weight }, ridge, bounds)];
  }
}

/** What the models' failures within 30 days say beyond the hazards. */
function effectsOf(
  seen: Rows,
  covariates: readonly Float64Array[],
  hazards: Hazards,
  knots: readonly number[],
): ModelEffects {
  const counts = new Map<string, { observed: number; expected: number }>();
  for (const [i, row] of seen.rows.entries()) {
    const failed = row.daysToFailure <= 30;
    const model = seen.models[i] ?? '';
    if (!failed && row.daysKnown < 30) continue;
    const count = counts.get(model) ?? { observed: 0, expected: 0 };
    // Four weekly days see the same failure; the record counts for disks without signs.
    const share = (7 / 30) * row.weight * calmness(knots, seen.signals[i] ?? 0);
    if (failed) count.observed += share;
    count.expected += share * probabilities(hazards, covariates[i] ?? new Float64Array(), knots).p30;
    counts.set(model, count);
  }
  return fitEffects(counts);
}

/** Moves the hazard's level until as many failures are expected as were seen: the ceiling of hazardOf has taken some away. */
function level(seen: Rows, covariates: readonly Float64Array[], fitted: Hazards, knots: readonly number[]): Hazards {
  let hazards = fitted;
  for (let round = 0; round < 5; round += 1) {
    let observed = 0;
    let expected = 0;
    for (const [i, row] of seen.rows.entries()) {
      const y = within(row, 0, 30);
      if (y === undefined) continue;
      observed += y * row.weight;
      expected += row.weight * probabilities(hazards, covariates[i] ?? new Float64Array(), knots).p30;
    }
    const [intercept = 0, ...rest] = hazards.hazard;
    hazards = { ...hazards, hazard: [intercept + Math.log(observed / expected), ...rest] };
  }
  return hazards;
}
