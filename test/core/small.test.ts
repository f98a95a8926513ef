import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/core/duration.ts';
import { BarographError, describeError, errorCodes } from '../../src/core/errors.ts';
import { nearest } from '../../src/core/nearest.ts';
import { isFresh } from '../../src/core/outlook.ts';
import { stepCount } from '../../src/core/time-range.ts';
import { outlookOf } from '../support/samples.ts';

describe('a duration', () => {
  test.each([
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5400],
    ['14d', 1_209_600],
    ['2w', 1_209_600],
    ['1.5h', 5400],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '5', 'm', '5 m', '-5m', '5M', '5ms', '1h 30m', '1..5h', '.5h', '5m!', 'NaNs'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test('of any parts is their sum', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (hours, minutes, seconds) => {
        expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(hours * 3600 + minutes * 60 + seconds);
      }),
    );
  });
});

describe('the nearest word', () => {
  const words = ['address', 'certs', 'hosts', 'mode', 'maxMode'];

  test.each([
    ['adress', 'address'],
    ['ADDRESS', 'address'],
    ['host', 'hosts'],
    ['moed', 'mode'],
    ['maxmode', 'maxMode'],
    ['kubernetes', undefined],
    ['x', undefined],
  ])('to %s is %s', (word, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });

  test('is the word itself where it is known, and none of none', () => {
    for (const word of words) expect(nearest(word, words)).toBe(word);
    expect(nearest('mode', [])).toBeUndefined();
  });
});

describe('an Outlook', () => {
  const outlook = outlookOf(1, ['n1'], 1_700_000_010);
  const newest = outlook.dataSeconds;

  test.each([
    [newest, true],
    [newest + 600, true],
    [newest + 601, false],
    [newest - 600, true],
    [newest - 601, false],
  ])('at %d is fresh: %s', (now, expected) => {
    expect(isFresh(outlook, now, 600)).toBe(expected);
  });

  test('that is missing is not fresh, nor is one whose time is no number', () => {
    expect(isFresh(undefined, newest, 600)).toBe(false);
    expect(isFresh({ ...outlook, dataSeconds: Number.NaN }, newest, 600)).toBe(false);
  });
});

test.each([
  [0, 900, 300, 3],
  [0, 899, 300, 2],
  [0, 0, 300, 0],
  [900, 0, 300, 0],
  [0, 0.3, 0.1, 3],
])('from %d to %d by %d there are %d steps', (startSeconds, endSeconds, stepSeconds, steps) => {
  expect(stepCount({ startSeconds, endSeconds, stepSeconds })).toBe(steps);
});

describe('an error', () => {
  test('keeps its code, its cause and its name', () => {
    const cause = new TypeError('inner');
    const error = new BarographError('TRACE_INVALID', 'outer', { cause });
    expect(error).toMatchObject({ name: 'BarographError', code: 'TRACE_INVALID', cause });
    expect(error).toBeInstanceOf(Error);
    expect(describeError(error)).toBe('outer (TRACE_INVALID): inner');
  });

  test('has a meaning for every code, in one sentence', () => {
    for (const [code, meaning] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$|^INTERNAL$/);
      expect(meaning).toMatch(/^[A-Z].*[^.]$/);
    }
  });
});
