import { describe, expect, test } from 'vitest';
import { addCapacity } from '../../../src/predict/capacity/add-capacity.ts';

const day = 86_400;
const now = 1000 * day;
const question = {
  growthBytesPerDay: 1e12,
  nearFull: { p10: now + 90 * day, p50: now + 120 * day, p90: undefined },
  nowSeconds: now,
  leadDays: 30,
  lastsDays: 180,
  diskBytes: 16e12,
  nearFullRatio: 0.85,
};

describe('the advice to add capacity', () => {
  test('says how many disks, when to order them and when they must be there', () => {
    // 180 TB in 180 days, on disks that take 13.6 TB each.
    expect(addCapacity(question)).toEqual({
      rawBytes: 14 * 16e12,
      disks: 14,
      orderBySeconds: now + 60 * day,
      inPlaceBySeconds: now + 90 * day,
      isUrgent: false,
    });
  });

  test('is urgent when the lead time is longer than what is left', () => {
    expect(addCapacity({ ...question, leadDays: 100 })).toMatchObject({ orderBySeconds: now, isUrgent: true });
  });

  test('is at least one disk', () => {
    expect(addCapacity({ ...question, growthBytesPerDay: 1 })?.disks).toBe(1);
  });

  test('is not given while near full is not in sight', () => {
    expect(addCapacity({ ...question, nearFull: { p10: undefined, p50: undefined, p90: undefined } })).toBeUndefined();
    expect(addCapacity({ ...question, nearFull: { ...question.nearFull, p10: now + 300 * day } })).toBeUndefined();
  });
});
