import { mostSteps } from './course.ts';

/** Where experts gather what they take quantiles of; one for all, since each is done with it before it returns. */
export const scratch = new Float64Array(mostSteps + 1);

/** Adds the values of steps from … to − 1, each moved by `move`, behind the first `count`; gives the new count. */
export function gather(values: Float32Array, from: number, to: number, move: number, count: number): number {
  let place = count;
  for (let i = Math.max(0, from); i < to && place < scratch.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    scratch[place] = value + move;
    place += 1;
  }
  return place;
}

/** Mean of the steps from … to − 1; NaN when none was measured. */
export function meanOf(values: Float32Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, from); i < to; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}
