import type { DiskModel, FailureProbabilities } from './disk-model.ts';
import { featureCount, writeFeatures } from './features.ts';
import { covariateCount, probabilities, writeCovariates } from './hazard.ts';
import { DiskHistory } from './history.ts';
import { sumOfTrees } from './tree.ts';

interface Known {
  readonly history: DiskHistory;
  signal: number;
}

/** What is known of one disk on one day. */
export interface ScoredDay {
  readonly day: number;
  readonly serial: string;
  readonly model: string;
  readonly counters: Float64Array;
  readonly powerOnHours: number;
}

/**
 * Scores days of disks in the order they come, each from what came before it: nothing looks ahead. A disk's trees are asked again only when
 * something about it changed, which makes most days of a fleet cheap.
 */
export class DiskScorer {
  readonly #model: DiskModel;
  readonly #disks = new Map<string, Known>();
  readonly #features = new Float64Array(featureCount);
  readonly #covariates: Float64Array;

  constructor(model: DiskModel) {
    this.#model = model;
    this.#covariates = new Float64Array(covariateCount(model.knots));
  }

  score(day: ScoredDay): FailureProbabilities {
    let known = this.#disks.get(day.serial);
    if (known === undefined) {
      known = { history: new DiskHistory(), signal: 0 };
      this.#disks.set(day.serial, known);
    }
    known.history.update(day.day, day.counters);
    if (known.history.isChanged) {
      writeFeatures(known.history, this.#features);
      known.signal = meanSignal(this.#model, this.#features);
    }
    writeCovariates(this.#model, { ...day, signal: known.signal, history: known.history }, this.#covariates);
    return probabilities(this.#model.hazards, this.#covariates, this.#model.knots);
  }

  /** What was kept of a disk; undefined when none of its days came. */
  historyOf(serial: string): DiskHistory | undefined {
    return this.#disks.get(serial)?.history;
  }
}

/** The mean of what the sets of trees say. */
export function meanSignal(model: DiskModel, features: Float64Array): number {
  let sum = 0;
  for (const trees of model.bags) sum += sumOfTrees(trees, features);
  return sum / Math.max(1, model.bags.length);
}
