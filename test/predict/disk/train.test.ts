import { describe, expect, test } from 'vitest';
import type { DiskDay } from '../../../src/core/disk.ts';
import { BarographError } from '../../../src/core/errors.ts';
import type { FailureProbabilities } from '../../../src/predict/disk/disk-model.ts';
import { parseDiskModel } from '../../../src/predict/disk/parse-model.ts';
import { DiskScorer } from '../../../src/predict/disk/score.ts';
import { trainDiskModel, usualTraining } from '../../../src/predict/disk/train.ts';
import { smallFleet, tableOf } from './small-fleet.ts';

const quick = { ...usualTraining, rounds: 30 };
const rows = smallFleet();
const model = trainDiskModel(tableOf(rows), quick);

function scores(of: readonly DiskDay[], by = model): readonly (FailureProbabilities & { key: string })[] {
  const scorer = new DiskScorer(by);
  return of.map((day) => ({ key: `${day.serial} ${day.day}`, ...scorer.score(day) }));
}

describe('a model of a fleet', () => {
  test('is the same for the same rows in another order, and another for another seed', () => {
    const again = trainDiskModel(tableOf(rows.toReversed()), quick);
    expect(JSON.stringify(again)).toBe(JSON.stringify(model));
    expect(JSON.stringify(trainDiskModel(tableOf(rows), { ...quick, seed: 2 }))).not.toBe(JSON.stringify(model));
  });

  test('survives JSON', () => {
    expect(parseDiskModel(JSON.stringify(model), 'model.json')).toEqual(model);
  });

  test('gives nested probabilities', () => {
    for (const { p7, p14, p30 } of scores(rows)) {
      expect(p7).toBeGreaterThanOrEqual(0);
      expect(p14).toBeGreaterThanOrEqual(p7);
      expect(p30).toBeGreaterThanOrEqual(p14);
      expect(p30).toBeLessThanOrEqual(1);
    }
  });

  test('tells disks about to fail in a fleet that it has not seen', () => {
    const others = smallFleet(400, 11);
    const failedOn = new Map(others.filter(({ failed }) => failed).map(({ serial, day }) => [serial, day]));
    const all = scores(others);
    const mean = (isNear: boolean): number => {
      const picked = all.filter((_, i) => {
        const { serial = '', day = 0, failed = false } = others[i] ?? {};
        const left = (failedOn.get(serial) ?? Number.POSITIVE_INFINITY) - day;
        return !failed && (isNear ? left <= 7 : left > 60);
      });
      return picked.reduce((sum, { p30 }) => sum + p30, 0) / picked.length;
    };
    expect(mean(true)).toBeGreaterThan(5 * mean(false));
  });

  test('expects about as many failures as there are', () => {
    const last = Math.max(...rows.map(({ day }) => day)) - 30;
    const failedOn = new Map(rows.filter(({ failed }) => failed).map(({ serial, day }) => [serial, day]));
    const used = scores(rows).filter((_, i) => !(rows[i]?.failed ?? true) && (rows[i]?.day ?? 0) <= last);
    const expected = used.reduce((sum, { p30 }) => sum + p30, 0);
    const observed = rows.filter(
      ({ serial, day, failed }) => !failed && day <= last && (failedOn.get(serial) ?? 1e9) - day <= 30,
    ).length;
    expect(expected / observed).toBeGreaterThan(0.7);
    expect(expected / observed).toBeLessThan(1.4);
  });

  test('looks at nothing that comes later, nor at other disks', () => {
    const cut = 16_100;
    const whole = new Map(scores(rows).map(({ key, ...p }) => [key, p]));
    for (const { key, ...p } of scores(rows.filter(({ day }) => day < cut))) expect(p).toEqual(whole.get(key));
    for (const { key, ...p } of scores(rows.filter(({ serial }) => serial === 'D0007')))
      expect(p).toEqual(whole.get(key));
  });

  test('does not read whether a disk failed', () => {
    expect(scores(rows.map((row) => ({ ...row, failed: false })))).toEqual(scores(rows));
  });

  test('scores disks that report nothing, or are of an unknown model', () => {
    const [first] = rows;
    if (first === undefined) return;
    const nothing = { ...first, model: '', counters: first.counters.map(() => Number.NaN), powerOnHours: Number.NaN };
    const [score] = scores([nothing]);
    expect(score?.p30).toBeGreaterThan(0);
    expect(score?.p30).toBeLessThan(0.5);
  });
});

test('disks none of which failed teach nothing', () => {
  const healthy = tableOf(rows.map((row) => ({ ...row, failed: false })));
  expect(() => trainDiskModel(healthy, quick)).toThrow(BarographError);
  expect(() => trainDiskModel(tableOf([]), quick)).toThrow('0 of 0 disks failed');
});

describe('a file that is no model', () => {
  const good = JSON.parse(JSON.stringify(model)) as Record<string, unknown>;
  test.each([
    ['no JSON', '{', 'expected the JSON of a disk model'],
    ['a list', '[]', 'received object'],
    ['another version', JSON.stringify({ ...good, version: 2 }), 'received version 2'],
    [
      'a coefficient less',
      JSON.stringify({ ...good, hazards: { hazard: [1], within7: [], within14: [] } }),
      'other coefficients',
    ],
    ['no trees', JSON.stringify({ ...good, bags: [] }), 'no trees'],
    [
      'a tree that leads in a circle',
      JSON.stringify({
        ...good,
        bags: [[{ feature: [0], threshold: [1], nanRight: [true], left: [0], right: [-1], leaves: [1] }]],
      }),
      'a tree is damaged',
    ],
    [
      'an effect that is no number',
      JSON.stringify({ ...good, effects: { byModel: { a: null }, byVendor: {} } }),
      'effects',
    ],
  ])('is refused: %s', (_, text, message) => {
    expect(() => parseDiskModel(text, 'model.json')).toThrow(message);
  });
});
