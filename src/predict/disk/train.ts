import { BarographError } from '../../core/errors.ts';
import { binColumns } from './bins.ts';
import { boostBags } from './boost.ts';
import type { DiskModel } from './disk-model.ts';
import type { Drive, DriveTable } from './drive-table.ts';
import { fitHazards } from './fit-hazards.ts';
import { seededRandom } from './random.ts';
import { signalRows } from './signal-rows.ts';
import type { Tree } from './tree.ts';

export interface TrainOptions {
  readonly seed: number;
  /** Sets of trees; each is learned without one part of the disks, which then shows what it says of strangers. */
  readonly bags: number;
  readonly rounds: number;
  readonly leaves: number;
  readonly learningRate: number;
  readonly featureShare: number;
  readonly report: (what: string) => void;
}

export const usualTraining: TrainOptions = {
  seed: 1,
  bags: 5,
  rounds: 120,
  leaves: 8,
  learningRate: 0.08,
  featureShare: 0.5,
  report: () => {},
};

const leastFailures = 5;

/**
 * Learns a model from the days of many disks: trees that tell disks about to fail from those that are not, then the hazard by what the trees
 * say of disks that they have not seen, by age, model and recent growth. Same disks, seed and options: same model.
 * Throws REQUEST_INVALID when too few disks failed or all did.
 */
export function trainDiskModel(table: DriveTable, options: TrainOptions = usualTraining): DiskModel {
  const drives = table.drives();
  const failures = drives.filter((drive) => drive.failedOn !== undefined).length;
  if (failures < leastFailures || failures === drives.length) {
    const found = `${failures} of ${drives.length} disks failed`;
    throw new BarographError(
      'REQUEST_INVALID',
      `expected at least ${leastFailures} failures and some disk without, received: ${found}`,
    );
  }
  const random = seededRandom(options.seed);
  const parts = partsOf(drives.length, options.bags, random);
  options.report(`${drives.length} disks, ${failures} failed, ${table.rows} days`);
  const { columns, bags } = signalRows(drives, random);
  const binned = binColumns(columns);
  options.report(`${bags.length} bags of ${binned.rows} rows`);
  const treesOf = Array.from({ length: options.bags }, (_, part): readonly Tree[] => {
    const seen = bags.filter(({ drive }) => options.bags === 1 || parts[drive] !== part);
    const trees = boostBags(binned, seen, { ...options, ridge: 5, leastHessian: 2, random });
    options.report(`trees ${part + 1} of ${options.bags}`);
    return trees;
  });
  const unseen = (drive: number): readonly Tree[] => treesOf[parts[drive] ?? 0] ?? [];
  const hazards = fitHazards(drives, unseen);
  return {
    version: 1,
    bags: treesOf,
    ...hazards,
    learned: { ...learnedOf(drives), failures, rows: table.rows, seed: options.seed },
  };
}

/** Deals disks out to parts of equal size. */
function partsOf(count: number, parts: number, random: () => number): Uint8Array {
  const order = Array.from({ length: count }, (_, i) => ({ i, key: random() })).toSorted((a, b) => a.key - b.key);
  const of = new Uint8Array(count);
  for (const [place, { i }] of order.entries()) of[i] = place % parts;
  return of;
}

function learnedOf(drives: readonly Drive[]) {
  let fromDay = Number.POSITIVE_INFINITY;
  let toDay = Number.NEGATIVE_INFINITY;
  for (const { days } of drives) {
    fromDay = Math.min(fromDay, days[0] ?? fromDay);
    toDay = Math.max(toDay, days.at(-1) ?? toDay);
  }
  return { drives: drives.length, fromDay, toDay, models: new Set(drives.map(({ model }) => model)).size };
}
