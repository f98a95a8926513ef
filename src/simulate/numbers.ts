/** The larger of two; the other one where one is NaN. */
export function larger(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return b > a ? b : a;
}

/** The nearest whole number, the even one of two. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Rounded to a thousandth, half to even. */
export function thousandths(value: number): number {
  return roundHalfToEven(value * 1000) / 1000;
}

/** A number with so many digits after the point, the even one of two that are equally near (as Python prints them). */
export function fixed(value: number, digits: number): string {
  const scale = 10 ** digits;
  const isHalfway = Number.isInteger(value * 2 ** (digits + 1)) && Math.abs((value * scale) % 1) === 0.5;
  return (isHalfway ? roundHalfToEven(value * scale) / scale : value).toFixed(digits);
}
