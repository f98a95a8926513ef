import { describe, expect, test } from 'vitest';
import { BodyBudget } from '../../src/server/body.ts';
import { defaultLimits, limitsPerThread, limitsWithin } from '../../src/server/limits.ts';

const mebibyte = 2 ** 20;

describe('limits', () => {
  test('are the usual ones in a container of two gibibytes, and less in a smaller one', () => {
    expect(limitsWithin(2048 * mebibyte).bodyBytesUnderWay).toBe(defaultLimits.bodyBytesUnderWay);
    expect(limitsWithin(512 * mebibyte).bodyBytesUnderWay).toBe(64 * mebibyte);
  });

  test('of all threads together are those of the process, unless the largest body would fit into none', () => {
    const whole = { ...defaultLimits, ...limitsWithin(4096 * mebibyte) };
    expect(limitsPerThread(whole, 4).bodyBytesUnderWay).toBe(64 * mebibyte);
    expect(limitsPerThread(whole, 8).bodyBytesUnderWay).toBe(64 * mebibyte);
    const small = { ...defaultLimits, ...limitsWithin(512 * mebibyte) };
    expect(limitsPerThread(small, 8).bodyBytesUnderWay).toBe(32 * mebibyte);
  });

  test('near the memory that there is refuse large bodies and no others', () => {
    const budget = new BodyBudget(mebibyte, () => true);
    expect(budget.refuses(mebibyte)).toBe(true);
    expect(budget.refuses(mebibyte - 1)).toBe(false);
    expect(new BodyBudget(mebibyte, () => false).refuses(mebibyte)).toBe(false);
  });
});
