import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatQuantity, parseQuantity, scaledQuantity } from '../../src/core/quantity.ts';

/** What resource.Quantity of Kubernetes makes of a text (test/golden): text, MilliValue, Value, canonical text, decimal. */
type Golden = readonly [string, string | null, string?, string?, string?];

const golden = readFileSync(new URL('./fixtures/quantity.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);
const refused = expect.objectContaining({ code: 'QUANTITY_INVALID' });

const largest = 2n ** 63n - 1n;

function fraction(decimal: string): { digits: bigint; scale: number } {
  const [whole = '', part = ''] = decimal.split('.');
  return { digits: BigInt(`${whole}${part}`), scale: part.length };
}

/** digits · 10^(decimals − scale), rounded away from zero. */
function roundedUp({ digits, scale }: { digits: bigint; scale: number }, decimals: number): bigint {
  const denominator = 10n ** BigInt(scale);
  const numerator = (digits < 0n ? -digits : digits) * 10n ** BigInt(decimals);
  const magnitude = (numerator + denominator - 1n) / denominator;
  return digits < 0n ? -magnitude : magnitude;
}

/** Rows that Kubernetes reads; those without a number ("m", "-", "e3"), which it reads as 0, are refused here: they are typing errors. */
const read = golden.filter(([text, milli]) => milli !== null && /^[-+]?\.?\d/.test(text));

describe('quantities are read as Kubernetes reads them', () => {
  test('the golden values are there', () => {
    expect(golden.length).toBeGreaterThan(2000);
    expect(golden.length - read.length).toBeGreaterThan(50);
  });

  test('what Kubernetes refuses is refused, and what has no number', () => {
    for (const row of golden) {
      if (!read.includes(row)) expect(() => scaledQuantity(row[0], 3), JSON.stringify(row[0])).toThrow(refused);
    }
  });

  test.each([
    ['cpu', 3, 1],
    ['memory', 0, 2],
  ] as const)('%s is what MilliValue or Value says, wherever that fits 64 bits', (resource, decimals, column) => {
    let compared = 0;
    for (const row of read) {
      const exact = fraction(row[4] ?? '');
      // Go's methods wrap around above 2^63, and round some negative fractions towards zero.
      if (exact.digits < 0n || roundedUp(exact, decimals) > largest) continue;
      expect([row[0], String(scaledQuantity(row[0], decimals))]).toEqual([row[0], row[column]]);
      expect(parseQuantity(row[0], resource)).toBe(Number(row[column]));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(1000);
  });

  test('all others are the exact decimal, rounded away from zero and held within 64 bits', () => {
    for (const [text, , , , decimal = ''] of read) {
      for (const decimals of [0, 3]) {
        const exact = roundedUp(fraction(decimal), decimals);
        const held = exact > largest ? largest : exact < -largest ? -largest : exact;
        expect([text, scaledQuantity(text, decimals)]).toEqual([text, held]);
      }
    }
  });

  test('the canonical text of Kubernetes means the same', () => {
    for (const [text, , , canonical = '', decimal = ''] of read) {
      // Adding nothing to a quantity above 2^63, as the program does to get its text, wraps around.
      if (roundedUp(fraction(decimal), 0) > largest || roundedUp(fraction(decimal), 0) < -largest) continue;
      expect([text, scaledQuantity(canonical, 3)]).toEqual([text, scaledQuantity(text, 3)]);
    }
  });
});

describe('quantities are printed as Kubernetes prints them', () => {
  test.each([
    [250, 'cpu', '250m'],
    [2000, 'cpu', '2'],
    [1500, 'cpu', '1500m'],
    [0, 'cpu', '0'],
    [0, 'memory', '0'],
    [1536 * 2 ** 20, 'memory', '1536Mi'],
    [2 ** 30, 'memory', '1Gi'],
    [1000, 'memory', '1000'],
    [2 ** 60, 'memory', '1Ei'],
  ] as const)('%d %s is %s', (value, resource, text) => {
    expect(formatQuantity(value, resource)).toBe(text);
  });

  test('whole binary texts come out as Kubernetes writes them', () => {
    let compared = 0;
    for (const [text, milli, value, canonical] of golden) {
      if (milli === null || !/^\d+([KMGTP]i)$/.test(text) || Number(value) > Number.MAX_SAFE_INTEGER) continue;
      expect([text, formatQuantity(Number(value), 'memory')]).toEqual([text, canonical]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

describe('any quantity', () => {
  test.each(['cpu', 'memory'] as const)('of %s comes back from its text', (resource) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(parseQuantity(formatQuantity(value, resource), resource)).toBe(value);
      }),
    );
  });

  test('is refused or finite, and never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eEKMGTPimunk]{1,12}$/)), (text) => {
        try {
          expect(Number.isFinite(parseQuantity(text, 'memory'))).toBe(true);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
    );
  });

  test('is rounded away from zero, never to less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 999_999_999 }), (whole, nanos) => {
        const text = `${whole}.${String(nanos).padStart(9, '0')}`;
        const exact = BigInt(whole) * 1_000_000_000n + BigInt(nanos);
        const milli = scaledQuantity(text, 3) * 1_000_000n;
        expect(milli - exact >= 0n && milli - exact < 1_000_000n).toBe(true);
        expect(scaledQuantity(`-${text}`, 3)).toBe(-scaledQuantity(text, 3));
      }),
    );
  });

  test('a text of a megabyte is refused at once, and its error is short', () => {
    const error = (() => {
      try {
        return parseQuantity('1'.repeat(1e6), 'cpu');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toEqual(refused);
    expect(String(error).length).toBeLessThan(200);
  });
});
