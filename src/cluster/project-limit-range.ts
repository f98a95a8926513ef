import { type PerResource, type Resource, resources } from '../core/resource.ts';
import { amountOf, statedAmountsOf } from './amounts.ts';
import { fieldsOf, itemsOf, textOf } from './fields.ts';
import type { LimitRangeView } from './view.ts';

/** A LimitRange of v1: one view for each of its items of type Container or Pod. */
export function projectLimitRange(object: unknown): readonly LimitRangeView[] {
  const { metadata, spec } = fieldsOf(object);
  const name = textOf(fieldsOf(metadata).name) ?? '';
  return itemsOf(fieldsOf(spec).limits).flatMap((item): LimitRangeView[] => {
    const { type, min, max, maxLimitRequestRatio } = fieldsOf(item);
    if (type !== 'Container' && type !== 'Pod') return [];
    const amounts = { min: statedAmountsOf(min), max: statedAmountsOf(max) };
    return [{ name, type, ...amounts, maxLimitRequestRatio: ratiosOf(maxLimitRequestRatio) }];
  });
}

// A ratio is written as a quantity without a unit: `1500m` is 1.5, for memory too.
function ratiosOf(list: unknown): Partial<PerResource<number>> {
  const ratios: Partial<Record<Resource, number>> = {};
  for (const resource of resources) {
    const thousandths = amountOf(fieldsOf(list)[resource], 'cpu');
    if (thousandths !== undefined) ratios[resource] = thousandths / 1000;
  }
  return ratios;
}
