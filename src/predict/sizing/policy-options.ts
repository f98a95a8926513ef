import type { PerResource } from '../../core/resource.ts';
import { type DemandOptions, demandOptions } from './demand-options.ts';

/** How requests are decided from what is known of demand. */
export interface PricingOptions {
  /**
   * The price an exceedance begins with, in mean uses of a container of the fleet, times the promise: a risk that
   * may be taken a tenth as often costs ten times as much.
   */
  readonly price: number;
  /** 0: an exceedance costs the same whoever suffers it; 1: as much as the container is large. */
  readonly ownScale: number;
  /** The price of a unit of demand beyond the request, in the same terms. */
  readonly deficit: number;
  readonly gainPerDay: number;
  /** The share of the promise that is steered for. */
  readonly aim: number;
  /** In promises, for the same stretch of time. */
  readonly mostRisk: number;
  /** That of a container of mean use or less; larger ones may have more in proportion, since there risk saves most. */
  readonly mostRiskOfSmall: number;
  readonly leastRisk: number;
  /** A container that of late used up this share of the promise may take less risk, from the second on only `restraint` of it. */
  readonly restraintFrom: number;
  readonly restraintTo: number;
  readonly restraint: number;
  /** So many steps (CPU) or days (memory) count as if they had gone as promised. */
  readonly spentPrior: number;
  /** The price is so many times higher in the first hours, halving with each half-life. */
  readonly youth: number;
  readonly youthHalfLifeHours: number;
}

export interface SizingOptions {
  /** How demand is learned; its horizons say for how long a request is chosen. */
  readonly demand: Readonly<PerResource<DemandOptions>>;
  /** So long a request stands before it can be renewed: 1 where they are changed while containers run. */
  readonly renewedHours: number;
  readonly memory: PricingOptions;
  readonly cpu: PricingOptions;
  /** A request is changed when staying costs this share more: of memory and of CPU together … */
  readonly regret: number;
  /** … and CPU goes with any other change from this share on. */
  readonly rideRegret: number;
  /** A request that would differ by less than this share stays as it is. */
  readonly leastMove: number;
  /** 0: a share is a share; above it the regret of larger containers weighs more, by their use in mean uses of the fleet to this power. */
  readonly regretScale: number;
  /** Kills of younger containers do not steer the price: what was not known could not be promised. */
  readonly matureHours: number;
  /** After a kill memory is not lowered for so long. */
  readonly holdHours: number;
  /** What follows a kill is chosen for so long. */
  readonly killHours: number;
  /** The need behind a kill is at least so many times the limit. */
  readonly killBump: number;
  readonly recordHalfLifeHours: number;
  readonly recordWordCases: number;
  /** What a container used up of its promise is half forgotten after so long. */
  readonly spentHalfLifeHours: number;
}

/** For requests that can be changed every hour. */
export const sizingOptions: SizingOptions = {
  demand: demandOptions,
  renewedHours: 1,
  memory: {
    price: 0.5,
    ownScale: 0.25,
    deficit: 0,
    gainPerDay: 0.4,
    aim: 0.97,
    mostRisk: 6,
    mostRiskOfSmall: 4,
    leastRisk: 1e-3,
    restraintFrom: 1,
    restraintTo: 2,
    restraint: 1,
    spentPrior: 8,
    youth: 3.2,
    youthHalfLifeHours: 12,
  },
  cpu: {
    price: 0.08,
    ownScale: 0,
    deficit: 0.1,
    gainPerDay: 0.3,
    aim: 1,
    mostRisk: 12,
    mostRiskOfSmall: 12,
    leastRisk: 0.15,
    restraintFrom: 0.8,
    restraintTo: 1.05,
    restraint: 0.15,
    spentPrior: 288,
    youth: 2,
    youthHalfLifeHours: 12,
  },
  regret: 0.55,
  rideRegret: 0.02,
  leastMove: 0.1,
  regretScale: 0.5,
  matureHours: 48,
  holdHours: 3,
  killHours: 2,
  killBump: 1.15,
  recordHalfLifeHours: 336,
  recordWordCases: 60,
  spentHalfLifeHours: 720,
};

/** The highest value of many hours is less often far exceeded than that of a few. */
const standing = { tail: { share: 0.2, power: 6 }, priorTail: { share: 0.3, power: 4 } };
/** A request that stands for days is not foreseen better than one that stands for a day. */
const longestHours = 24;

/** For requests that are renewed after so many seconds. */
export function sizingOptionsFor(renewedSeconds: number): SizingOptions {
  const renewedHours = Math.max(1, Math.min(longestHours, Math.round(renewedSeconds / 3600)));
  const { cpu, memory } = demandOptions;
  // What stands longer is exceeded more often at the same price: it begins about where it is going to be.
  const factor = Math.sqrt(renewedHours);
  return {
    ...sizingOptions,
    cpu: { ...sizingOptions.cpu, price: sizingOptions.cpu.price * factor },
    memory: { ...sizingOptions.memory, price: sizingOptions.memory.price * factor },
    renewedHours,
    demand: {
      cpu: { ...cpu, horizonHours: Math.max(cpu.horizonHours, renewedHours) },
      memory: renewedHours > memory.horizonHours ? { ...memory, ...standing, horizonHours: renewedHours } : memory,
    },
  };
}
