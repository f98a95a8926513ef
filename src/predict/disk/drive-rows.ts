import { damageCounters } from '../../core/disk.ts';
import type { Drive } from './drive-table.ts';
import { featureCount, writeFeatures } from './features.ts';
import { DiskHistory } from './history.ts';

const width = damageCounters.length;

/** What the model sees of one disk on one of its days. The arrays are used again for the next. */
export interface DriveRow {
  readonly index: number;
  readonly day: number;
  readonly features: Float64Array;
  /** Whether the features may differ from those of the row before. */
  readonly isChanged: boolean;
  readonly history: DiskHistory;
}

/** Goes through a disk's days; `masked` counters count as not reported. */
export function* rowsOf(drive: Drive, masked: ReadonlySet<number> = new Set()): Generator<DriveRow> {
  const history = new DiskHistory();
  const features = new Float64Array(featureCount);
  const counters = new Float64Array(width);
  for (const [index, day] of drive.days.entries()) {
    for (let i = 0; i < width; i += 1) {
      counters[i] = masked.has(i) ? Number.NaN : (drive.counters[index * width + i] ?? Number.NaN);
    }
    history.update(day, counters);
    if (history.isChanged) writeFeatures(history, features);
    yield { index, day, features, isChanged: history.isChanged, history };
  }
}
