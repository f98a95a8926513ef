import { BarographError } from './errors.ts';
import type { Resource } from './resource.ts';

/** `value = numerator / denominator`, exact. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|[eE]([+-]?\d{1,18})|([numkMGTPE]?))$/;
// The Kubernetes type holds at most 2^63 - 1 and caps what is larger; exponents beyond these cannot matter.
const largest = 2n ** 63n - 1n;
const furthestExponent = 64;

/**
 * A Kubernetes quantity in the unit of a resource: millicores for cpu, bytes for memory. What is finer is rounded up (away from zero), as
 * resource.Quantity does in MilliValue() and Value(); what is larger than 2^63 - 1 is capped as there. Throws QUANTITY_INVALID.
 * Source: k8s.io/apimachinery/pkg/api/resource.
 */
export function parseQuantity(text: string, resource: Resource): number {
  return Number(scaledQuantity(text, resource === 'cpu' ? 3 : 0));
}

/** The quantity times 10^decimals, rounded away from zero to a whole number, capped at ±(2^63 - 1). Throws QUANTITY_INVALID. */
export function scaledQuantity(text: string, decimals: number): bigint {
  const exact = capped(parseFraction(text));
  const scaled = exact.numerator * 10n ** BigInt(decimals);
  const magnitude = scaled < 0n ? -scaled : scaled;
  const rounded = (magnitude + exact.denominator - 1n) / exact.denominator;
  const kept = rounded > largest ? largest : rounded;
  return scaled < 0n ? -kept : kept;
}

/**
 * The canonical text of a value: `250m`, `2` for cpu; for memory the largest binary suffix that keeps it whole (`1536Mi`), as Kubernetes prints
 * binary quantities.
 */
export function formatQuantity(value: number, resource: Resource): string {
  const whole = BigInt(Math.round(value));
  return resource === 'cpu' ? formatMillicores(whole) : formatBytes(whole);
}

function formatMillicores(millicores: bigint): string {
  return millicores % 1000n === 0n ? String(millicores / 1000n) : `${millicores}m`;
}

function formatBytes(bytes: bigint): string {
  let [rest, suffix] = [bytes, 0];
  while (rest !== 0n && rest % 1024n === 0n && suffix < binarySuffixes.length - 1) {
    rest /= 1024n;
    suffix += 1;
  }
  return `${rest}${binarySuffixes[suffix]}`;
}

function parseFraction(text: string): Fraction {
  const match = text.length <= 256 ? pattern.exec(text) : null;
  const [, sign = '', whole = '', decimals = '', binary, exponentText, decimal] = match ?? [];
  if (match === null || (whole === '' && decimals === '')) {
    throw new BarographError(
      'QUANTITY_INVALID',
      `expected a quantity such as 250m, 2 or 1.5Gi, received '${text.slice(0, 40)}'`,
    );
  }
  const digits = BigInt(`${whole}${decimals}` || '0') * (sign === '-' ? -1n : 1n);
  const factor = binary === undefined ? 1n : 1024n ** BigInt(binarySuffixes.indexOf(binary as 'Ki'));
  const exponent = exponentText === undefined ? (decimalExponents[decimal ?? ''] ?? 0) : Number(exponentText);
  return scale(digits * factor, Math.min(furthestExponent, Math.max(-furthestExponent, exponent)) - decimals.length);
}

function scale(digits: bigint, exponent: number): Fraction {
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) };
}

// Kubernetes keeps nothing finer than a nano (it rounds away from zero) and nothing larger than 2^63 - 1.
function capped({ numerator, denominator }: Fraction): Fraction {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const nanos = (magnitude * 1_000_000_000n + denominator - 1n) / denominator;
  const most = largest * 1_000_000_000n;
  const kept = nanos > most ? most : nanos;
  return { numerator: numerator < 0n ? -kept : kept, denominator: 1_000_000_000n };
}
