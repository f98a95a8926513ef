import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allot } from '../../src/webhook/allot.ts';

test('shares are in proportion, whole, and add up', () => {
  expect(allot([300, 100], 200)).toEqual([150, 50]);
  expect(allot([1, 1, 1], 2)).toEqual([1, 1, 0]);
  expect(allot([5, 5], 100)).toEqual([5, 5]);
  expect(allot([0, 0], 10)).toEqual([0, 0]);
  expect(allot([], 10)).toEqual([]);
  expect(allot([5], -1)).toEqual([0]);
});

test('whatever is shared out, nobody gets more than its amount, and all together get exactly what there is', () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { maxLength: 6 });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 2 ** 46 }), (each, total) => {
      const shares = allot(each, total);
      const sum = each.reduce((before, amount) => before + amount, 0);
      expect(shares.reduce((before, share) => before + share, 0)).toBe(Math.min(sum, total));
      for (const [index, share] of shares.entries()) {
        expect(Number.isInteger(share) && share >= 0 && share <= (each[index] ?? 0)).toBe(true);
      }
    }),
  );
});
