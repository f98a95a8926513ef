import { stepsPerDay } from './course.ts';
import type { Expert } from './expert.ts';
import { gridSize, quantilesOf } from './quantiles.ts';
import { meanOf, scratch } from './samples.ts';

/** Blocks of half an hour share their moves, which are looked at every twenty minutes. */
const blockSteps = 6;
const everyMove = 4;

/** The present level, a mean of the last steps, and how far in the last days what came as many steps later lay from the level of then. */
export function anchored(days: number, levelSteps: number): Expert {
  return ({ values, known }, leads, out, at) => {
    const now = meanOf(values, known - levelSteps, known);
    if (Number.isNaN(now) || known < stepsPerDay) return false;
    const from = known - Math.min(days * stepsPerDay, known - levelSteps);
    let block = -1;
    for (const [i, lead] of leads.entries()) {
      const place = at + i * gridSize;
      const isSame = Math.floor(lead / blockSteps) === block;
      block = Math.floor(lead / blockSteps);
      const middle = block * blockSteps + (blockSteps >> 1);
      const count = isSame ? 0 : gatherMoves(values, { from, known, middle, levelSteps, now });
      if (count > 0) quantilesOf(scratch, count, out, place);
      // The same block; or history is too short for a move this long, and the longest one known stands for it.
      else if (i > 0) out.copyWithin(place, place - gridSize, place);
      else return false;
    }
    return true;
  };
}

interface Moves {
  readonly from: number;
  readonly known: number;
  readonly middle: number;
  readonly levelSteps: number;
  readonly now: number;
}

function gatherMoves(values: Float32Array, { from, known, middle, levelSteps, now }: Moves): number {
  let count = 0;
  for (let end = known - 1; end - middle > from; end -= everyMove) {
    const then = end - middle;
    const move = (values[end] ?? Number.NaN) - meanOf(values, then - levelSteps, then);
    if (Number.isNaN(move)) continue;
    scratch[count] = now + move;
    count += 1;
  }
  return count;
}
