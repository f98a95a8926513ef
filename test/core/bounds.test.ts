import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, parseBounds } from '../../src/core/bounds.ts';
import { expectPointsAt } from './points-at.ts';

const infinite = Number.POSITIVE_INFINITY;
const gib = 2 ** 30;

describe('valid bounds', () => {
  test.each([
    ['cpu 100m..2', { cpu: { lowest: 100, highest: 2000 } }],
    ['cpu ..2, memory 128Mi..', { cpu: range(0, 2000), memory: range(2 ** 27, infinite) }],
    ['cpu 100m..2, memory 128Mi..4Gi', { cpu: range(100, 2000), memory: range(2 ** 27, 4 * gib) }],
    ['cpu 0.5..1.5', { cpu: range(500, 1500) }],
    ['cpu 1..1', { cpu: range(1000, 1000) }],
    ['memory 1e3..1E6', { memory: range(1000, 1e6) }],
    ['  cpu   1 .. 2  ', { cpu: range(1000, 2000) }],
    ['off', 'off'],
  ])('%s', (text, expected) => {
    const bounds = parseBounds(String(text));
    expect(bounds.others).toEqual(expected);
    expect(bounds.containers.size).toBe(0);
  });

  test('of single containers stand beside those of all others', () => {
    const bounds = parseBounds('app: cpu 50m..4; proxy: off; memory ..1Gi');
    expect(boundsOf(bounds, 'app')).toEqual({ cpu: range(50, 4000) });
    expect(boundsOf(bounds, 'proxy')).toBe('off');
    expect(boundsOf(bounds, 'sidecar')).toEqual({ memory: range(0, gib) });
    expect(boundsOf(undefined, 'app')).toEqual({});
    expect(boundsOf(parseBounds('app: off'), 'other')).toEqual({});
  });

  test('containers may be called as resources and words are', () => {
    const bounds = parseBounds('cpu: cpu 1..2; off: off; memory: memory 1Gi..');
    expect(boundsOf(bounds, 'cpu')).toEqual({ cpu: range(1000, 2000) });
    expect(boundsOf(bounds, 'off')).toBe('off');
    expect(boundsOf(bounds, 'memory')).toEqual({ memory: range(gib, infinite) });
  });
});

describe('invalid bounds point at the character', () => {
  test.each([
    ['cpu 2..1', 5, 'a lower bound that is not above the upper one'],
    ['cpu 100m', 9, "'..'"],
    ['cpu ..', 5, 'a quantity on at least one side of ..'],
    ['disk 1..2', 1, "'off', 'cpu' or 'memory'"],
    ['app cpu 1..2', 1, "'off', 'cpu' or 'memory'"],
    ['cpu 1..2; cpu 3..4', 11, 'one scope without a container'],
    ['cpu 1..2, cpu 3..4', 11, "'cpu' only once"],
    ['app: off; app: off', 11, "one scope for 'app'"],
    ['cpu 1..2;', 10, "'off', 'cpu' or 'memory'"],
    ['cpu 1..2,', 10, "'off', 'cpu' or 'memory'"],
    ['cpu 1..2 memory 1Gi..', 10, "',', ';' or the end"],
    ['cpu -1..2', 5, 'a quantity such as 250m or 1.5Gi'],
    ['cpu 1..x', 8, 'a quantity such as 250m or 1.5Gi'],
    ['App: off', 1, "'off', 'cpu' or 'memory'"],
    ['', 1, "'off', 'cpu' or 'memory'"],
    ['   ', 4, "'off', 'cpu' or 'memory'"],
  ])('%j', (text, character, expected) => {
    expectPointsAt(() => parseBounds(text), text, character, expected);
  });
});

test('any text is read or refused with a code, never anything else', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[cpumeoryf:;,. 0-9MGi]{0,20}$/));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseBounds(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ANNOTATION_INVALID' });
      }
    }),
    { numRuns: 500 },
  );
});

test('any ordered pair of millicores is read', () => {
  const millicores = fc.integer({ min: 1, max: 1e6 });
  fc.assert(
    fc.property(millicores, millicores, (one, other) => {
      const [lowest, highest] = [Math.min(one, other), Math.max(one, other)];
      expect(parseBounds(`cpu ${lowest}m..${highest}m`).others).toEqual({ cpu: range(lowest, highest) });
    }),
  );
});

function range(lowest: number, highest: number) {
  return { lowest, highest };
}
