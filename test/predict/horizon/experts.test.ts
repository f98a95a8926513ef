import { describe, expect, test } from 'vitest';
import { anchored } from '../../../src/predict/horizon/anchored.ts';
import type { Expert } from '../../../src/predict/horizon/expert.ts';
import { expertList } from '../../../src/predict/horizon/expert-list.ts';
import { gridLevels, gridSize } from '../../../src/predict/horizon/quantiles.ts';
import { recent } from '../../../src/predict/horizon/recent.ts';
import { foundPeriod, sameTime } from '../../../src/predict/horizon/same-time.ts';
import { shiftedDays } from '../../../src/predict/horizon/shifted-days.ts';

const day = 288;
const median = gridLevels.indexOf(0.5);
const highest = gridSize - 1;
const all = Int32Array.from({ length: day }, (_, lead) => lead);

function said(expert: Expert, values: Float32Array, leads = all): Float64Array | undefined {
  const out = new Float64Array(leads.length * gridSize);
  return expert({ values, known: values.length }, leads, out, 0) ? out : undefined;
}

const at = (out: Float64Array | undefined, lead: number, level: number) => out?.[lead * gridSize + level] ?? Number.NaN;

describe('experts', () => {
  test('the recent steps are said of every lead alike', () => {
    const out = said(recent(4), Float32Array.of(9, 9, 1, 2, 3, 4));
    expect(at(out, 0, median)).toBe(2.5);
    expect(at(out, 200, median)).toBe(2.5);
    expect(at(out, 7, highest)).toBe(4);
  });

  test('a course that repeats every day is said exactly by the same time of the day', () => {
    const values = Float32Array.from({ length: 5 * day }, (_, i) => (i % day) ** 2);
    const out = said(sameTime(day, 3, 0), values);
    for (const lead of all) expect(at(out, lead, median)).toBe(lead ** 2);
  });

  test('beyond a day the same time of the day is that of the newest days', () => {
    const values = Float32Array.from({ length: 5 * day }, (_, i) => i % day);
    expect(at(said(sameTime(day, 2, 0), values, Int32Array.of(day + 7)), 0, median)).toBe(7);
  });

  test('a period that nobody named is found', () => {
    const values = Float32Array.from({ length: 4 * day }, (_, i) => (i % 7 === 0 ? 100 : 1));
    const out = said(foundPeriod(24), values);
    for (const lead of all) expect(at(out, lead, median)).toBe((values.length + lead) % 7 === 0 ? 100 : 1);
  });

  test('a level that has just shifted is where the anchored begin', () => {
    const values = Float32Array.from({ length: 5 * day }, (_, i) => (i < 5 * day - 3 ? 10 : 50) + (i % 2));
    expect(at(said(anchored(2, 3), values), 0, median)).toBeGreaterThan(45);
    expect(at(said(recent(36), values), 0, median)).toBeLessThan(12);
  });

  test('steady growth goes on', () => {
    const values = Float32Array.from({ length: 5 * day }, (_, i) => i);
    const out = said(anchored(3, 1), values);
    expect(at(out, 3, median)).toBeCloseTo(5 * day + 3, 6);
    expect(at(out, day - 3, median)).toBeCloseTo(6 * day - 3, 6);
  });

  test('the days before are moved or scaled to the level of today', () => {
    const shape = (i: number): number => 1 + (i % day) / day;
    const moved = Float32Array.from({ length: 3 * day }, (_, i) => shape(i) + Math.floor(i / day));
    const move = shiftedDays({ days: 2, levelSteps: day, width: 0, by: 'move' });
    expect(at(said(move, moved, Int32Array.of(100)), 0, median)).toBeCloseTo(shape(100) + 3, 4);
    const scaled = Float32Array.from({ length: 3 * day }, (_, i) => shape(i) * 2 ** Math.floor(i / day));
    const scale = shiftedDays({ days: 1, levelSteps: day, width: 0, by: 'scale' });
    expect(at(said(scale, scaled, Int32Array.of(100)), 0, median)).toBeCloseTo(shape(100) * 8, 4);
  });

  test('who has no history is silent, and no step after the known ones is looked at', () => {
    for (const [name, expert] of expertList) {
      expect(said(expert, new Float32Array(0)), name).toBeUndefined();
      const values = Float32Array.from({ length: 10 * day }, (_, i) => 100 + ((i * 7919) % 31));
      const cut = values.slice().fill(1e9, 8 * day);
      const [one, other] = [new Float64Array(day * gridSize), new Float64Array(day * gridSize)];
      expert({ values, known: 8 * day }, all, one, 0);
      expert({ values: cut, known: 8 * day }, all, other, 0);
      expect(other, name).toEqual(one);
    }
  });
});
