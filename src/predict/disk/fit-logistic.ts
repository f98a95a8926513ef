export interface LogisticRows {
  readonly rows: number;
  readonly width: number;
  /** width numbers per row; the first of them is 1 by custom, and is not drawn to 0. */
  readonly x: Float64Array;
  readonly y: Uint8Array;
  readonly weight: Float64Array;
}

const rounds = 40;

/**
 * Weighted logistic regression by Newton's method, every coefficient but the first drawn to 0 by `ridge` and none below its entry of `least`
 * (by projection: what would go below its bound stands still for that step).
 */
export function fitLogistic(data: LogisticRows, ridge: number, least: readonly number[] = []): Float64Array {
  const { width } = data;
  const beta = Float64Array.from({ length: width }, (_, j) => Math.max(0, least[j] ?? 0));
  beta[0] = logOdds(data);
  let loss = lossOf(data, beta, ridge);
  for (let round = 0; round < rounds; round += 1) {
    const { gradient, hessian } = derivatives(data, beta, ridge);
    for (const j of heldBy(least, beta, gradient)) hold(j, hessian, gradient, width);
    const step = solve(hessian, gradient, width);
    const before = loss;
    // A whole step may be too long while outcomes are rare; half of it, and half of that, is not.
    for (let length = 1; length > 1e-6; length /= 2) {
      const next = beta.map((value, j) =>
        Math.max(least[j] ?? Number.NEGATIVE_INFINITY, value + length * (step[j] ?? 0)),
      );
      const nextLoss = lossOf(data, next, ridge);
      if (!(nextLoss < loss)) continue;
      beta.set(next);
      loss = nextLoss;
      break;
    }
    if (before - loss <= 1e-9 * before) break;
  }
  return beta;
}

function logOdds({ y, weight }: LogisticRows): number {
  let yes = 1e-9;
  let all = 2e-9;
  for (const [i, w] of weight.entries()) {
    all += w;
    if (y[i] === 1) yes += w;
  }
  return Math.log(yes / (all - yes));
}

function lossOf({ rows, width, x, y, weight }: LogisticRows, beta: Float64Array, ridge: number): number {
  let loss = 0;
  for (let j = 1; j < width; j += 1) loss += (ridge / 2) * (beta[j] as number) ** 2;
  for (let i = 0; i < rows; i += 1) {
    let sum = 0;
    for (let j = 0; j < width; j += 1) sum += (x[i * width + j] as number) * (beta[j] as number);
    const against = y[i] === 1 ? -sum : sum;
    loss += (weight[i] as number) * (against > 30 ? against : Math.log1p(Math.exp(against)));
  }
  return loss;
}

function derivatives(data: LogisticRows, beta: Float64Array, ridge: number) {
  const { rows, width, x, y, weight } = data;
  const gradient = new Float64Array(width);
  const hessian = new Float64Array(width * width);
  for (let i = 0; i < rows; i += 1) {
    const base = i * width;
    let sum = 0;
    for (let j = 0; j < width; j += 1) sum += (x[base + j] as number) * (beta[j] as number);
    const p = 1 / (1 + Math.exp(-sum));
    const w = weight[i] as number;
    const error = w * ((y[i] as number) - p);
    const curve = w * p * (1 - p);
    for (let j = 0; j < width; j += 1) {
      const value = x[base + j] as number;
      if (value === 0) continue;
      gradient[j] = (gradient[j] as number) + error * value;
      const scaled = curve * value;
      for (let k = 0; k <= j; k += 1) {
        hessian[j * width + k] = (hessian[j * width + k] as number) + scaled * (x[base + k] as number);
      }
    }
  }
  for (let j = 1; j < width; j += 1) {
    gradient[j] = (gradient[j] as number) - ridge * (beta[j] as number);
    hessian[j * width + j] = (hessian[j * width + j] as number) + ridge;
  }
  hessian[0] = (hessian[0] as number) + 1e-9;
  return { gradient, hessian };
}

/** Coefficients at their bounds that would go below. */
function heldBy(least: readonly number[], beta: Float64Array, gradient: Float64Array): readonly number[] {
  return [...least.keys()].filter(
    (j) => (beta[j] ?? 0) <= (least[j] ?? Number.NEGATIVE_INFINITY) && (gradient[j] ?? 0) <= 0,
  );
}

/** Takes one coefficient out of a step. */
function hold(j: number, hessian: Float64Array, gradient: Float64Array, width: number): void {
  gradient[j] = 0;
  for (let k = 0; k < width; k += 1) hessian[Math.max(j, k) * width + Math.min(j, k)] = k === j ? 1 : 0;
}

/** Solves a symmetric positive system, of which the lower half is given, by Cholesky's decomposition. */
function solve(lower: Float64Array, right: Float64Array, width: number): Float64Array {
  const at = (i: number, j: number): number => lower[i * width + j] as number;
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = at(i, j);
      for (let k = 0; k < j; k += 1) sum -= at(i, k) * at(j, k);
      lower[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  }
  const solution = Float64Array.from(right);
  for (let i = 0; i < width; i += 1) {
    for (let k = 0; k < i; k += 1) solution[i] = (solution[i] as number) - at(i, k) * (solution[k] as number);
    solution[i] = (solution[i] as number) / at(i, i);
  }
  for (let i = width - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < width; k += 1) solution[i] = (solution[i] as number) - at(k, i) * (solution[k] as number);
    solution[i] = (solution[i] as number) / at(i, i);
  }
  return solution;
}
