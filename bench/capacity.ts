import type { Benchmark, Row } from './benchmark.ts';
import { casesOf, decidable, judge, reached } from './capacity/judge.ts';
import { type Course, installedCourses, summedLoads } from './capacity/series.ts';

/**
 * Whether 80 % of the intervals of fill dates hold. The constants of the forecast were chosen on every second course (`chosen on`); the rest were not
 * looked at for it.
 */
export const capacityBenchmark: Benchmark = {
  name: 'capacity',
  description: 'how often the 80 % intervals of fill dates hold on courses that were not chosen by',
  async run() {
    const { grown, emptied } = installedCourses();
    const loads = summedLoads();
    const halves = (courses: readonly Course[]): [Course[], Course[]] => [
      courses.filter((_, i) => i % 2 === 0),
      courses.filter((_, i) => i % 2 === 1),
    ];
    const all = [grown, emptied, loads];
    const chosen = all.flatMap((courses) => halves(courses)[0]);
    const unseen = all.map((courses) => halves(courses)[1]);
    return [
      row('chosen on', chosen),
      row('not seen: disks installed', unseen[0] ?? []),
      row('not seen: disks taken out', unseen[1] ?? []),
      row('not seen: sums of loads', unseen[2] ?? []),
      row('not seen: all', unseen.flat()),
    ];
  },
};

function row(what: string, courses: readonly Course[]): Row {
  const cases = courses.flatMap(casesOf);
  const [all, came] = [judge(decidable(cases)), judge(reached(cases))];
  const percent = (part: number, of: number): number => Math.round((1000 * part) / Math.max(1, of)) / 10;
  return {
    what,
    courses: courses.length,
    cases: all.cases,
    heldPercent: percent(all.held, all.cases),
    earlierPercent: percent(all.early, all.cases),
    laterPercent: percent(all.late, all.cases),
    filledCases: came.cases,
    heldOfFilledPercent: percent(came.held, came.cases),
  };
}
