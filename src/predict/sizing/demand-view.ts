import type { Forecaster, ForecasterKind } from '../forecaster.ts';
import type { Demand } from './demand.ts';
import { forecastOf } from './demand-quantiles.ts';

const name = 'like-hours';

/** A demand that somebody else feeds and keeps, as a forecaster: nothing is learned or kept twice. */
export function demandView(demand: () => Demand): ForecasterKind {
  const create = (): Forecaster => ({
    name,
    update: () => {},
    predict: (horizon, levels) => forecastOf(demand(), horizon, levels),
    save: () => new Uint8Array(0),
  });
  return { name, create, restore: create };
}
