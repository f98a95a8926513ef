import { expect, test } from 'vitest';
import { ModelTime } from '../../src/predict/model-time.ts';

const day = 86_400;

test('usual times are taken as they are: in order, late, with gaps of weeks', () => {
  const time = new ModelTime();
  for (const one of [1000 * day, 1001 * day, 1000.5 * day, 1020 * day]) expect(time.advance(one)).toBe(one);
  expect(time.lastSeconds).toBe(1020 * day);
});

test('a leap of more than three weeks ahead ages by three weeks, and times go on from there', () => {
  const time = new ModelTime();
  time.advance(1000 * day);
  expect(time.advance(2000 * day)).toBe(1021 * day);
  expect(time.advance(2001 * day)).toBe(1022 * day);
  expect(time.lastSeconds).toBe(2001 * day);
});

test('a clock that is set back ages nothing, and times go on from there', () => {
  const time = new ModelTime();
  time.advance(1000 * day);
  expect(time.advance(500 * day)).toBe(1000 * day);
  expect(time.advance(501 * day)).toBe(1001 * day);
  expect(time.newest).toBe(1001 * day);
});

test('it comes back from its state', () => {
  const time = new ModelTime();
  time.advance(1000 * day);
  time.advance(500 * day);
  const restored = new ModelTime();
  restored.load(time.save());
  expect(restored.advance(501 * day)).toBe(1001 * day);
  expect(new ModelTime().isEmpty).toBe(true);
});
