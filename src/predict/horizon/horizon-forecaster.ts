import { frame, packNumbers, unframe, unpackDoubles, unpackFloats } from '../../core/framing.ts';
import { type Forecast, type Forecaster, type ForecasterKind, type Horizon, isUsable } from '../forecaster.ts';
import { ModelTime } from '../model-time.ts';
import { CourseKeeper, courseStepSeconds, stepsPerDay } from './course.ts';
import { CoverageRecord } from './coverage-record.ts';
import { type GateWeights, shippedGate } from './gate.ts';
import { bucketCount, bucketOf } from './lead-buckets.ts';
import { askNow, type Learned, learnTurn, nothingLearned, turnSteps } from './learner.ts';
import { mixedQuantiles } from './mixture.ts';
import { gridLevels, gridSize } from './quantiles.ts';
import { TrackRecord } from './track-record.ts';

const name = 'day-ahead';
const version = 1;
/** Further ahead a forecast is that of the same time of the day a week ahead at most. */
const farthestLead = 7 * stepsPerDay;
/** Values are kept in 32 bits: the largest of those below what Kubernetes can hold. */
const largestValue = 2 ** 63;

/**
 * Quantiles of the load of any five minutes up to a day ahead (further ahead: as the day ahead). Some thirty simple experts (of recent steps, of the same time in cycles, of
 * moves from the present level) speak; a gate that was learned from many series weighs them by how they fared on this one, how far ahead they spoke,
 * and how well they fit the present. The rules and figures: docs/forecasts.md.
 */
export class HorizonForecaster implements Forecaster {
  readonly name = name;
  readonly #gate: GateWeights;
  readonly #keeper = new CourseKeeper();
  readonly #time = new ModelTime();
  #learned: Learned = nothingLearned();
  #sinceTurn = 0;
  #turns = 0;

  constructor(gate: GateWeights = shippedGate) {
    this.#gate = gate;
  }

  update(timeSeconds: number, value: number): void {
    if (!isUsable(timeSeconds, value)) return;
    const slot = slotOf(this.#time.advance(timeSeconds) - 1);
    this.#sinceTurn += this.#keeper.take(slot, Math.min(value, largestValue));
    if (this.#sinceTurn <= turnSteps) return;
    // The newest step may still get samples of other replicas: what is judged ends before it.
    const { values, known } = this.#keeper.course;
    const missed = this.#sinceTurn - 1 - turnSteps;
    this.#learned.experts.age(missed);
    this.#learned.coverage.age(missed);
    learnTurn({ values, known: known - 1 }, this.#learned, this.#turns, this.#gate);
    this.#turns += 1;
    this.#sinceTurn = 1;
  }

  predict(horizon: Horizon, levels: Float64Array): Forecast | undefined {
    const { course, newestSlot } = this.#keeper;
    if (course.known === 0) return undefined;
    const offsetSeconds = this.#time.newest - this.#time.lastSeconds;
    const wanted = Float64Array.from({ length: horizon.steps }, (_, step) => {
      const middle = horizon.startSeconds + (step + 0.5) * horizon.stepSeconds + offsetSeconds;
      return nearLead(slotOf(middle) - newestSlot - 1);
    });
    const leads = Int32Array.from(new Set(wanted)).sort();
    const since = Math.min(this.#sinceTurn, course.known);
    const grid = mixedQuantiles(askNow(course, leads, this.#learned.experts, since), this.#gate);
    const placeOf = new Map([...leads.entries()].map(([i, lead]) => [lead, i]));
    const values = new Float64Array(horizon.steps * levels.length);
    const asked = Array.from({ length: bucketCount }, (_, bucket) => this.#learned.coverage.levelsFor(bucket, levels));
    for (const [step, lead] of wanted.entries()) {
      const read = asked[bucketOf(lead)] ?? levels;
      readLevels(grid, (placeOf.get(lead) ?? 0) * gridSize, read, values.subarray(step * levels.length));
    }
    return { ...horizon, levels, values };
  }

  save(): Uint8Array {
    const [numbers, values] = this.#keeper.save();
    const rest = Float64Array.of(this.#sinceTurn, this.#turns, ...this.#time.save(), ...numbers);
    return frame(name, version, [
      packNumbers(rest),
      packNumbers(values),
      packNumbers(this.#learned.experts.save()),
      packNumbers(this.#learned.coverage.save()),
    ]);
  }

  load(bytes: Uint8Array): this {
    const [rest, values, experts, coverage] = unframe(name, version, bytes);
    const numbers = unpackDoubles(name, rest, 7);
    const [sinceTurn = 0, turns = 0, last, offset] = numbers;
    this.#sinceTurn = sinceTurn;
    this.#turns = turns;
    this.#time.load([last, offset]);
    this.#keeper.load(numbers.subarray(4), unpackFloats(name, values, numbers[4] ?? 0));
    this.#learned = {
      experts: new TrackRecord(unpackDoubles(name, experts, TrackRecord.size)),
      coverage: new CoverageRecord(unpackDoubles(name, coverage, CoverageRecord.size)),
    };
    return this;
  }
}

export const horizonKind: ForecasterKind<HorizonForecaster> = {
  name,
  create: () => new HorizonForecaster(),
  restore: (bytes) => new HorizonForecaster().load(bytes),
};

function slotOf(seconds: number): number {
  return Math.floor(seconds / courseStepSeconds);
}

/** The past is asked as the next step, and what is far ahead as the same time of a nearer day. */
function nearLead(lead: number): number {
  if (lead < 0) return 0;
  return lead < farthestLead ? lead : farthestLead - stepsPerDay + (lead % stepsPerDay);
}

/** Quantiles between the grid's levels lie straight between those. */
function readLevels(grid: Float64Array, at: number, levels: Float64Array, out: Float64Array): void {
  let above = 1;
  for (let i = 0; i < levels.length; i += 1) {
    const level = levels[i] ?? 0;
    while (above < gridSize - 1 && (gridLevels[above] ?? 1) < level) above += 1;
    const [low, high] = [gridLevels[above - 1] ?? 0, gridLevels[above] ?? 1];
    const share = Math.min(1, Math.max(0, (level - low) / (high - low)));
    const [from, to] = [grid[at + above - 1] ?? 0, grid[at + above] ?? 0];
    out[i] = Math.max(i === 0 ? 0 : (out[i - 1] ?? 0), from + share * (to - from));
  }
}
