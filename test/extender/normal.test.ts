import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probabilityBelow } from '../../src/extender/normal.ts';

// Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1.
const known: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [0.5, 0.6914624613],
  [1, 0.8413447461],
  [1.5, 0.9331927987],
  [2, 0.9772498681],
  [2.5, 0.9937903347],
  [3, 0.998650102],
  [3.5, 0.9997673709],
];

test.each(known)('%d standard deviations', (sigmas, probability) => {
  expect(Math.abs(probabilityBelow(sigmas) - probability)).toBeLessThan(4e-5);
  expect(Math.abs(probabilityBelow(-sigmas) - (1 - probability))).toBeLessThan(4e-5);
});

test('it is certain from four standard deviations on', () => {
  expect([-Infinity, -4, 4, Infinity].map(probabilityBelow)).toEqual([0, 0, 1, 1]);
  expect(probabilityBelow(Number.NaN)).toBe(0);
});

test('it never falls', () => {
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), (at, more) => {
      expect(probabilityBelow(at + more)).toBeGreaterThanOrEqual(probabilityBelow(at));
    }),
  );
});
