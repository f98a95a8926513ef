import { type DiskReading, damageCounters } from '../../core/disk.ts';
import type { DiskModel, FailureProbabilities } from './disk-model.ts';
import type { AssessOptions, DiskOutlook } from './disk-outlook.ts';
import { driversOf } from './drivers.ts';
import { featureCount, writeFeatures } from './features.ts';
import { covariateCount, probabilities, writeCovariates } from './hazard.ts';
import { DiskHistory } from './history.ts';
import { effectOf } from './model-effects.ts';
import { ownVerdict, spread } from './own-verdict.ts';
import { replacementDate } from './replacement.ts';
import { meanSignal } from './score.ts';
import { sumOfTrees } from './tree.ts';

const secondsPerDay = 86_400;
const notableEffect = Math.log(1.5);

export function assessLearned(
  readings: readonly DiskReading[],
  newest: DiskReading,
  model: DiskModel,
  options: AssessOptions,
): DiskOutlook {
  const history = historyOf(readings, options.today);
  const at = (signal: number): FailureProbabilities => probabilitiesAt(model, newest, history, signal);
  const features = new Float64Array(featureCount);
  writeFeatures(history, features);
  const verdict = ownVerdict(newest);
  const guess = atLeast(at(meanSignal(model, features)), verdict.leastP30);
  const members = model.bags.map((trees) => atLeast(at(sumOfTrees(trees, features)), verdict.leastP30));
  const odds = (one: Float64Array): number => {
    const { p30 } = at(meanSignal(model, one));
    return p30 / (1 - p30);
  };
  return {
    device: newest.device,
    serial: newest.serial,
    model: newest.model,
    basis: 'learned',
    isFailing: verdict.isFailing,
    ...guess,
    drivers: [...verdict.drivers, ...driversOf(history, odds), ...recordOf(model, newest.model)],
    replaceBy: replacementDate(history.day, options.risk, guess, members),
    notes: notesOf(newest, readings.length),
  };
}

/** The counters of readings, day by day. */
function historyOf(readings: readonly DiskReading[], today: number): DiskHistory {
  const history = new DiskHistory();
  const counters = new Float64Array(damageCounters.length);
  for (const { attributes, timeSeconds } of readings) {
    for (const [i, id] of damageCounters.entries()) counters[i] = attributes.get(id) ?? Number.NaN;
    history.update(timeSeconds === undefined ? today : Math.floor(timeSeconds / secondsPerDay), counters);
  }
  return history;
}

function probabilitiesAt(
  model: DiskModel,
  reading: DiskReading,
  history: DiskHistory,
  signal: number,
): FailureProbabilities {
  const covariates = new Float64Array(covariateCount(model.knots));
  const powerOnHours = reading.powerOnHours ?? Number.NaN;
  writeCovariates(model, { signal, powerOnHours, model: reading.model, history }, covariates);
  return probabilities(model.hazards, covariates, model.knots);
}

function atLeast(guess: FailureProbabilities, p30: number): FailureProbabilities {
  const least = spread(p30);
  return { p7: Math.max(guess.p7, least.p7), p14: Math.max(guess.p14, least.p14), p30: Math.max(guess.p30, p30) };
}

function recordOf({ effects }: DiskModel, name: string): readonly string[] {
  const effect = effectOf(effects, name);
  if (effect < notableEffect) return [];
  return [`disks of this model or vendor failed ${Math.exp(effect).toFixed(1)} times as often as others of their age`];
}

function notesOf({ protocol, medium, attributes }: DiskReading, readings: number): readonly string[] {
  return [
    ...(protocol === 'SCSI'
      ? [
          'grown defects and uncorrected errors of SCSI are read as the ATA counters of the same things; no SCSI disk was learned from',
        ]
      : []),
    ...(medium === 'unknown' ? ['the device does not say whether it rotates; it is taken for a rotating disk'] : []),
    ...(damageCounters.some((id) => attributes.has(id))
      ? []
      : ['no counter of damage is reported: only age and model count']),
    ...(readings === 1 ? ['one reading only: nothing is known about what grows'] : []),
  ];
}
