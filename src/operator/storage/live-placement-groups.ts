import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { needed, numberOf } from './ceph-answer.ts';

/** What is said of placement groups at one moment. */
export interface LivePlacementGroups {
  readonly total: number;
  readonly clean: number;
  /** For each OSD how many are on it, or are meant to be. */
  readonly countOn: ReadonlyMap<number, number>;
}

/**
 * Placement groups by `ceph status` (its pgmap) and by `ceph pg dump pgs_brief`, whichever says less.
 *
 * The status is what the manager told the monitors last, which may be five seconds ago; the dump is the manager's own, and says state and
 * place of each group by one report. Asking one of them for the state and the other for the place lets an OSD look empty while all groups
 * still look clean.
 */
export function placementGroupsOf(pgmap: Fields, brief: unknown): LivePlacementGroups {
  const groups = groupsOf(brief).map(fieldsOf);
  const countOn = new Map<number, number>();
  for (const { up, acting } of groups) {
    for (const osd of new Set([...itemsOf(up), ...itemsOf(acting)])) {
      if (typeof osd === 'number') countOn.set(osd, (countOn.get(osd) ?? 0) + 1);
    }
  }
  return {
    total: Math.max(numberOf(pgmap.num_pgs, 'pgmap.num_pgs'), groups.length),
    clean: Math.min(cleanIn(pgmap), groups.filter(({ state }) => isCleanState(state)).length),
    countOn,
  };
}

function groupsOf(brief: unknown): readonly unknown[] {
  // Before Ceph 14 it was the list itself.
  const groups = Array.isArray(brief) ? brief : fieldsOf(brief).pg_stats;
  return needed(Array.isArray(groups) ? groups : undefined, 'pg_stats of pg dump pgs_brief');
}

function cleanIn(pgmap: Fields): number {
  return itemsOf(pgmap.pgs_by_state)
    .map(fieldsOf)
    .filter(({ state_name }) => isCleanState(state_name))
    .reduce((sum, { count }) => sum + numberOf(count, 'pgs_by_state.count'), 0);
}

/** Scrubbing reads only; everything else beside active+clean moves or lacks something. */
function isCleanState(state: unknown): boolean {
  return /^active\+clean(?:\+scrubbing(?:\+deep)?)?$/.test(textOf(state) ?? '');
}
