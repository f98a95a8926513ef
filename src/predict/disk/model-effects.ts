/** How much more often disks of a model fail than all do, as logarithms of odds; unknown models get their vendor's, or 0. */
export interface ModelEffects {
  readonly byModel: Readonly<Record<string, number>>;
  readonly byVendor: Readonly<Record<string, number>>;
}

/** Failures that a vendor or model must have had before its own record counts half. */
const priorFailures = 5;
/** A model's record never counts for more than this: what failed most is what its owners have replaced since. */
const largestEffect = 2;

export function effectOf({ byModel, byVendor }: ModelEffects, model: string): number {
  if (Object.hasOwn(byModel, model)) return byModel[model] ?? 0;
  const vendor = vendorOf(model);
  return Object.hasOwn(byVendor, vendor) ? (byVendor[vendor] ?? 0) : 0;
}

/** The vendor from a model's name: Seagate names begin with ST and a number. Empty when the model is. */
export function vendorOf(model: string): string {
  const first =
    model
      .trim()
      .split(/[\s_-]/)[0]
      ?.toUpperCase() ?? '';
  if (/^ST\d/.test(first) || first === 'SEAGATE') return 'SEAGATE';
  if (/^(HGST|HITACHI|HU[ACHS]|HD[ST]\d|HM[ST]\d)/.test(first)) return 'HGST';
  if (/^(WD|WUH|WUS)/.test(first)) return 'WDC';
  if (/^(TOSHIBA|MG\d|MD\d|DT01)/.test(first)) return 'TOSHIBA';
  return first.replace(/\d.*$/, '');
}

/** Observed over expected failures by vendor and model, each drawn towards what stands above it (gamma-Poisson). */
export function fitEffects(
  counts: ReadonlyMap<string, { readonly observed: number; readonly expected: number }>,
): ModelEffects {
  const vendors = new Map<string, { observed: number; expected: number }>();
  for (const [model, { observed, expected }] of counts) {
    const of = vendors.get(vendorOf(model)) ?? { observed: 0, expected: 0 };
    vendors.set(vendorOf(model), { observed: of.observed + observed, expected: of.expected + expected });
  }
  const byVendor = Object.fromEntries([...vendors].map(([vendor, count]) => [vendor, shrunken(count, 1)]));
  const byModel = Object.fromEntries(
    [...counts].map(([model, count]) => [model, shrunken(count, Math.exp(byVendor[vendorOf(model)] ?? 0))]),
  );
  return { byModel, byVendor };
}

function shrunken({ observed, expected }: { observed: number; expected: number }, prior: number): number {
  return bounded(Math.log((observed + priorFailures * prior) / (expected + priorFailures)));
}

function bounded(effect: number): number {
  return Math.max(-largestEffect, Math.min(largestEffect, effect));
}
