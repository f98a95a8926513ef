import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScoreRing } from '../../src/extender/score-ring.ts';
import { createScores } from '../../src/extender/scores.ts';

/** Scores that all say which call they are of. */
function callOf(mark: number, count: number) {
  const scores = createScores(count);
  scores.score.fill(mark % 11);
  for (const values of [scores.probability, scores.cpu, scores.memory]) values.fill(mark);
  return { indices: new Int32Array(count).fill(mark), scores };
}

test('what it says that it holds is what was written, and the last call is always held', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { maxLength: 60 }), (counts) => {
      const ring = new ScoreRing(10);
      const positions = counts.map((count, mark) => {
        const { indices, scores } = callOf(mark, count);
        const position = ring.write(indices, scores, count);
        expect(position === undefined).toBe(count > 10);
        if (position === undefined) return undefined;
        expect(ring.holds(position)).toBe(true);
        return position;
      });
      for (const [mark, position] of positions.entries()) {
        const count = counts[mark] ?? 0;
        if (position === undefined || !ring.holds(position)) continue;
        const { indices, scores } = callOf(mark, count);
        expect(ring.read(position, count)).toEqual({ indices, scores });
      }
    }),
  );
});

test('only what fits is asked of it', () => {
  const ring = new ScoreRing(4);
  const write = (mark: number, count: number) =>
    ring.write(callOf(mark, count).indices, callOf(mark, count).scores, count);
  const positions = [write(1, 3), write(2, 2), write(3, 2)];
  expect(positions).toEqual([0, 4, 6]);
  expect(positions.map((position) => ring.holds(position ?? -9))).toEqual([false, true, true]);
});
