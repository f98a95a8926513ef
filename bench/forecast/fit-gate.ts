import { expertCount } from '../../src/predict/horizon/expert-list.ts';
import { featureCount, type GateWeights, weightsOf } from '../../src/predict/horizon/gate.ts';
import { bucketCount } from '../../src/predict/horizon/lead-buckets.ts';
import { firstJudged, gridLevels, gridSize, lastJudged, pinballLoss } from '../../src/predict/horizon/quantiles.ts';
import type { Lesson, Lessons } from './lessons.ts';

/**
 * Shifts of level are too rare for fitting to learn from, and dear when they come: how well an expert fits the last quarter of an hour counts at least this much.
 */
const leastQuarterSlope = 2;
/** And so much afterwards, since the other slopes grow beside a floor. What other values gave: docs/decisions/0031-day-ahead-by-experts.md. */
const raisedQuarterSlope = 3.3;
const quarterFeature = 4;
/** Of a day ahead every sixth step is looked at. */
const stepsOfLesson = 48;
/** Where fitting begins: losses of late count, nobody is preferred. */
const startingSlopes = [4, 2, 2, 2, leastQuarterSlope, 1];
const rate = 0.05;
/** Less weight than this is not worth the time. */
const leastWeight = 1e-5;

/** Weights that minimise the mean pinball loss of the mixture over series, each in units of its best expert: Adam (Kingma and Ba, ICLR 2015), a series a step. */
export function fitGate(courses: readonly Lessons[], epochs: number): GateWeights {
  const biases = new Float64Array(bucketCount * expertCount);
  const slopes = Float64Array.from(
    { length: bucketCount * featureCount },
    (_, i) => startingSlopes[i % featureCount] ?? 0,
  );
  const adam = [new Adam(biases), new Adam(slopes)] as const;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const course of courses) {
      const gradient = { biases: new Float64Array(biases.length), slopes: new Float64Array(slopes.length) };
      for (const lesson of course.lessons) learn(lesson, { biases, slopes }, gradient, course.scale);
      const count = course.lessons.length / bucketCount;
      const now = rate * (1 - epoch / epochs);
      adam[0].step(gradient.biases, now, count);
      adam[1].step(gradient.slopes, now, count);
      hold(slopes, leastQuarterSlope);
    }
  }
  hold(slopes, raisedQuarterSlope);
  return { biases, slopes };
}

/** None below zero: a larger loss never speaks for an expert. */
function hold(slopes: Float64Array, leastOfQuarter: number): void {
  for (let i = 0; i < slopes.length; i += 1) {
    slopes[i] = Math.max(i % featureCount === quarterFeature ? leastOfQuarter : 0, slopes[i] ?? 0);
  }
}

/** Mean loss of the mixture on a series' lessons, in units of its best expert. */
export function lossOf(gate: GateWeights, { lessons, scale }: Lessons): number {
  let [sum, count] = [0, 0];
  for (const lesson of lessons) {
    const weights = weightsOf(gate, lesson.features, lesson.bucket, lesson.speaks);
    const mixed = new Float64Array(gridSize);
    for (const [step, value] of lesson.values.entries()) {
      if (Number.isNaN(value)) continue;
      mixAt(lesson, weights, step, mixed);
      sum += pinballLoss(value, mixed, 0);
      count += 1;
    }
  }
  return sum / count / scale;
}

interface Gradient {
  readonly biases: Float64Array;
  readonly slopes: Float64Array;
}

/** Through the softmax: a score's slope is weight · (pull − mean pull), and a feature enters a score with minus its slope. */
function learn(lesson: Lesson, gate: GateWeights, gradient: Gradient, scale: number): void {
  const { bucket, features } = lesson;
  const weights = weightsOf(gate, features, bucket, lesson.speaks);
  const pulls = pullsOf(lesson, weights);
  const mean = pulls.reduce((sum, pull, i) => sum + pull * (weights[i] ?? 0), 0);
  for (let expert = 0; expert < expertCount; expert += 1) {
    const pull = ((weights[expert] ?? 0) * ((pulls[expert] ?? 0) - mean)) / scale;
    if (pull === 0) continue;
    add(gradient.biases, bucket * expertCount + expert, pull);
    for (let feature = 0; feature < featureCount; feature += 1) {
      const place = bucket * featureCount + feature;
      add(gradient.slopes, place, -pull * (features[place * expertCount + expert] ?? 0));
    }
  }
}

/** How the loss of all steps and levels changes with each expert's weight. */
function pullsOf(lesson: Lesson, weights: Float64Array): Float64Array {
  const { values, quantiles } = lesson;
  const pulls = new Float64Array(expertCount);
  const slopes = new Float64Array(gridSize);
  for (const [step, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    mixAt(lesson, weights, step, slopes);
    slopesAt(value, slopes);
    for (let expert = 0; expert < expertCount; expert += 1) {
      if ((weights[expert] ?? 0) < leastWeight) continue;
      add(pulls, expert, product(slopes, quantiles, (expert * values.length + step) * gridSize));
    }
  }
  return pulls;
}

/** In place of the mixture's quantiles how the loss changes with each. */
function slopesAt(value: number, quantiles: Float64Array): void {
  for (let i = firstJudged; i <= lastJudged; i += 1) {
    const slope = (value <= (quantiles[i] ?? 0) ? 1 : 0) - (gridLevels[i] ?? 0);
    quantiles[i] = slope / (lastJudged - firstJudged + 1) / stepsOfLesson;
  }
}

function product(slopes: Float64Array, quantiles: Float32Array, at: number): number {
  let sum = 0;
  for (let i = firstJudged; i <= lastJudged; i += 1) sum += (slopes[i] ?? 0) * (quantiles[at + i] ?? 0);
  return sum;
}

function mixAt({ quantiles, values }: Lesson, weights: Float64Array, step: number, out: Float64Array): void {
  out.fill(0);
  for (let expert = 0; expert < expertCount; expert += 1) {
    const weight = weights[expert] ?? 0;
    if (weight < leastWeight) continue;
    const at = (expert * values.length + step) * gridSize;
    for (let i = firstJudged; i <= lastJudged; i += 1) out[i] = (out[i] ?? 0) + weight * (quantiles[at + i] ?? 0);
  }
}

function add(sums: Float64Array, place: number, value: number): void {
  sums[place] = (sums[place] ?? 0) + value;
}

class Adam {
  readonly #values: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  #steps = 0;

  constructor(values: Float64Array) {
    this.#values = values;
    this.#means = new Float64Array(values.length);
    this.#squares = new Float64Array(values.length);
  }

  step(gradient: Float64Array, rateNow: number, count: number): void {
    this.#steps += 1;
    const [one, two] = [1 - 0.9 ** this.#steps, 1 - 0.99 ** this.#steps];
    for (let i = 0; i < gradient.length; i += 1) {
      // One series that explodes must not turn all.
      const slope = Math.max(-1, Math.min(1, (gradient[i] ?? 0) / count));
      const mean = 0.9 * (this.#means[i] ?? 0) + 0.1 * slope;
      const square = 0.99 * (this.#squares[i] ?? 0) + 0.01 * slope * slope;
      this.#means[i] = mean;
      this.#squares[i] = square;
      this.#values[i] = (this.#values[i] ?? 0) - (rateNow * (mean / one)) / (Math.sqrt(square / two) + 1e-6);
    }
  }
}
