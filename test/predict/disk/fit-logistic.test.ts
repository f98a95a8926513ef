import { expect, test } from 'vitest';
import { fitLogistic } from '../../../src/predict/disk/fit-logistic.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';

function made(rows: number, beta: readonly number[]) {
  const random = seededRandom(9);
  const width = beta.length;
  const x = new Float64Array(rows * width);
  const y = new Uint8Array(rows);
  for (let i = 0; i < rows; i += 1) {
    let sum = 0;
    for (let j = 0; j < width; j += 1) {
      x[i * width + j] = j === 0 ? 1 : 2 * random() - 1;
      sum += (beta[j] ?? 0) * (x[i * width + j] ?? 0);
    }
    y[i] = random() < 1 / (1 + Math.exp(-sum)) ? 1 : 0;
  }
  return { rows, width, x, y, weight: new Float64Array(rows).fill(1) };
}

test('logistic regression finds what made the data, also where outcomes are rare', () => {
  for (const beta of [
    [0.5, 1, -2],
    [-4, 2, 0],
  ]) {
    const fitted = fitLogistic(made(60_000, beta), 1e-6);
    for (const [j, value] of beta.entries()) expect(Math.abs((fitted[j] ?? 0) - value)).toBeLessThan(0.15);
  }
});

test('a row of weight 3 counts as three rows', () => {
  const data = made(300, [0, 1]);
  const weight = data.weight.map((_, i) => (i % 2 === 0 ? 3 : 1));
  const picked = [...data.y.keys()].flatMap((i) => Array.from({ length: weight[i] ?? 1 }, () => i));
  const repeated = {
    rows: picked.length,
    width: 2,
    x: Float64Array.from(picked.flatMap((i) => [...data.x.slice(2 * i, 2 * i + 2)])),
    y: Uint8Array.from(picked, (i) => data.y[i] ?? 0),
    weight: new Float64Array(picked.length).fill(1),
  };
  const [a, b] = [fitLogistic({ ...data, weight }, 1), fitLogistic(repeated, 1)];
  for (const [j, value] of a.entries()) expect(value).toBeCloseTo(b[j] ?? 0, 6);
});

test('a coefficient stays at its bound when the data says less, and others make up for it', () => {
  const data = made(20_000, [-1, -0.5, 1]);
  const fitted = fitLogistic(data, 1e-6, [Number.NEGATIVE_INFINITY, 0.2]);
  expect(fitted[1]).toBeCloseTo(0.2, 6);
  expect(Math.abs((fitted[2] ?? 0) - 1)).toBeLessThan(0.15);
  const expected = data.y.reduce((sum, one) => sum + one, 0);
  let sum = 0;
  for (let i = 0; i < data.rows; i += 1) {
    const at =
      (fitted[0] ?? 0) + (fitted[1] ?? 0) * (data.x[3 * i + 1] ?? 0) + (fitted[2] ?? 0) * (data.x[3 * i + 2] ?? 0);
    sum += 1 / (1 + Math.exp(-at));
  }
  expect(sum / expected).toBeCloseTo(1, 4);
});
