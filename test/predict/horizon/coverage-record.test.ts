import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CoverageRecord } from '../../../src/predict/horizon/coverage-record.ts';
import { gridLevels } from '../../../src/predict/horizon/quantiles.ts';

const levels = Float64Array.of(0.05, 0.5, 0.9, 0.99, 1);

describe('the record of coverage', () => {
  test('while nothing was measured, levels are read as they are', () => {
    for (const [i, level] of new CoverageRecord().levelsFor(0, levels).entries())
      expect(level).toBeCloseTo(levels[i] ?? 0);
  });

  test('quantiles that keep their word are read as they are', () => {
    const record = new CoverageRecord();
    for (let i = 0; i < 4000; i += 1) record.add(1, (i + 0.5) / 4000, gridLevels, 0);
    for (const [i, level] of record.levelsFor(1, levels).entries()) expect(level).toBeCloseTo(levels[i] ?? 0, 2);
  });

  test('quantiles that were too low are read higher, by as much as lay beyond', () => {
    const record = new CoverageRecord();
    // What came was the square root of what was said: 0.81 covers only 0.9² of it.
    for (let i = 0; i < 20_000; i += 1) record.add(2, Math.sqrt((i + 0.5) / 20_000), gridLevels, 0);
    const [, half = 0, nine = 0] = record.levelsFor(2, levels);
    expect(half).toBeCloseTo(Math.sqrt(0.5), 1);
    expect(nine).toBeCloseTo(Math.sqrt(0.9), 1);
  });

  test('a constant course that is forecast as constant moves nothing', () => {
    const record = new CoverageRecord();
    for (let i = 0; i < 3000; i += 1)
      record.add(
        0,
        7,
        gridLevels.map(() => 7),
        0,
      );
    for (const [i, level] of record.levelsFor(0, levels).entries()) expect(level).toBeCloseTo(levels[i] ?? 0);
  });

  test('levels to read never fall as what is asked rises, whatever was measured', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { maxLength: 200 }), (values) => {
        const record = new CoverageRecord();
        for (const value of values) record.add(0, value, gridLevels, 0);
        const read = record.levelsFor(0, levels);
        for (const [i, level] of read.entries()) {
          expect(level).toBeGreaterThanOrEqual(read[i - 1] ?? 0);
          expect(level).toBeLessThanOrEqual(1);
        }
        expect(new CoverageRecord(record.save()).levelsFor(0, levels)).toEqual(read);
      }),
    );
  });
});
