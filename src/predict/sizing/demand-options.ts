import type { PerResource } from '../../core/resource.ts';
import type { Tail } from './curve.ts';
import { ValueGrid } from './value-grid.ts';

/** How the demand of one resource is learned. Times in hours. */
export interface DemandOptions {
  readonly grid: ValueGrid;
  /** Whether a request is judged by the highest value of the horizon (an OOM kill) or by each of its steps (a share of windows). */
  readonly outcome: 'highest' | 'each';
  readonly horizonHours: number;
  /** One expert that forgets by each half-life … */
  readonly halfLives: readonly number[];
  /** … and one that looks at like hours for each width of likeness, in log units of the value. */
  readonly likeness: readonly number[];
  /** Like hours are forgotten by this half-life. */
  readonly likenessHalfLife: number;
  readonly recentHours: number;
  /** How much a log score moves an expert's weight, how much of it is kept an hour, and the share that all experts always have. */
  readonly learning: number;
  readonly kept: number;
  readonly shared: number;
  /** So many outcomes the highest and the present value count for, and which share of those is the highest. */
  readonly prior: number;
  readonly priorHighest: number;
  /** Beyond what was seen, and beyond those: while little is known, more may come. */
  readonly tail: Tail;
  readonly priorTail: Tail;
  /** History for like hours. */
  readonly hoursKept: number;
}

export const demandOptions: Readonly<PerResource<DemandOptions>> = {
  memory: {
    // From 1 MiB to 8 TiB: below that a container never is.
    grid: new ValueGrid(2 ** 20, 1.05, 2 ** 43),
    outcome: 'highest',
    horizonHours: 3,
    halfLives: [6, 24, 96, 384],
    likeness: [0.3, 0.6],
    likenessHalfLife: 336,
    recentHours: 12,
    learning: 0.3,
    kept: 0.98,
    shared: 0.02,
    prior: 2,
    priorHighest: 0.5,
    tail: { share: 0.2, power: 4 },
    priorTail: { share: 0.4, power: 2 },
    hoursKept: 672,
  },
  cpu: {
    grid: new ValueGrid(1, 1.025, 1e6),
    outcome: 'each',
    horizonHours: 3,
    halfLives: [4, 24, 96, 336],
    likeness: [0.15, 0.3],
    likenessHalfLife: 1000,
    recentHours: 12,
    learning: 0.03,
    kept: 0.97,
    shared: 0.02,
    prior: 10,
    priorHighest: 0.1,
    tail: { share: 0.1, power: 6 },
    priorTail: { share: 0.3, power: 3 },
    hoursKept: 480,
  },
};
