import { describe, expect, test } from 'vitest';
import {
  dayResult,
  driveResult,
  type JudgedDrive,
  pairedRecall,
  sidesOf,
  thresholdAt,
} from '../../../bench/disks/judge.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';

function drive(failed: boolean, endDay: number, scores: Readonly<Record<number, number>>, weight = 1): JudgedDrive {
  const days = Object.keys(scores).map(Number);
  const p = days.map((day) => scores[day] ?? 0);
  return { failed, endDay, weight, days, p7: p, p14: p, p30: p };
}

const p30 = (one: JudgedDrive, i: number): number => one.p30[i] ?? 0;

describe('disks are judged', () => {
  test('by their worst day when healthy, by the days near the failure when not', () => {
    const drives = [
      drive(true, 100, { 20: 0.9, 80: 0.5, 90: 0.4, 100: 1 }),
      drive(true, 100, { 10: 0.3 }),
      drive(false, 200, { 7: 0.1, 14: 0.6, 21: 0.2 }),
      // Fails soon after the window: on neither side.
      drive(true, 215, { 7: 0.1 }),
    ];
    const { failed, healthy } = sidesOf(drives, 200, p30);
    expect(failed.map(({ near }) => near)).toEqual([0.5, 0.3]);
    expect(healthy.map(({ ever }) => ever)).toEqual([0.6]);
    expect(failed[0]?.leadAbove(0.45)).toBe(80);
  });

  test('at thresholds that no more than a share of healthy disks passes', () => {
    const healthy = Float64Array.from({ length: 200 }, (_, i) => i);
    for (const share of [0, 0.005, 0.01, 0.05, 1]) {
      const threshold = thresholdAt(healthy, share);
      expect(healthy.filter((value) => value > threshold).length).toBeLessThanOrEqual(200 * share);
    }
    const drives = [...healthy].map((value) => drive(false, 500, { 7: value }));
    const sides = sidesOf([...drives, drive(true, 90, { 80: 198 }), drive(true, 90, { 80: 50 })], 200, p30);
    expect(driveResult(sides, 0.01)).toMatchObject({ recall: 0.5, falseAlarms: 0.01, medianLeadDays: 10 });
  });

  test('as better than others only when they are', () => {
    const make = (gain: number) => {
      const random = seededRandom(1);
      return sidesOf(
        Array.from({ length: 600 }, (_, i) => drive(i % 3 === 0, 100, { 90: random() + (i % 3 === 0 ? gain : 0) })),
        200,
        p30,
      );
    };
    const [low, , high] = pairedRecall(make(0.5), make(0.5), 0.05, seededRandom(2), 100);
    expect([low, high]).toEqual([0, 0]);
    expect(pairedRecall(make(0.9), make(0.3), 0.05, seededRandom(2), 100)[0]).toBeGreaterThan(0.2);
  });
});

test('days are judged on the weekly grid, by areas under curves that count ties once', () => {
  const drives = [
    drive(true, 40, { 7: 0.2, 14: 0.8, 15: 0.9, 40: 1 }),
    drive(false, 100, { 7: 0.2, 14: 0.1, 98: 0.5 }, 2),
  ];
  // Within 30 days: day 14 of the first is bad; days 7 are good, one of them twice, as is day 14; day 98 was not watched to its end.
  const result = dayResult(drives, 30);
  expect(result.rocAuc).toBe(1);
  expect(result.prAuc).toBe(1);
  expect(result.baseRate).toBeCloseTo(1 / 6, 12);
  expect(result.expectedOverObserved).toBeCloseTo(0.2 + 0.8 + 2 * 0.3, 12);
  const alike = drives.map((one) => ({ ...one, p30: one.p30.map(() => 0.5) }));
  expect(dayResult(alike, 30).rocAuc).toBe(0.5);
});
