import { fixed } from '../numbers.ts';
import type { Interval } from '../replay/bootstrap.ts';
import type { FigureName } from '../replay/figures.ts';

/** How a figure is shown. */
export interface Column {
  readonly title: string;
  readonly figure: FigureName;
  readonly scale: number;
  readonly digits: number;
  /** Whether more of it is worse; undefined where it says nothing alone. */
  readonly meaning: string;
}

/** All that is shown of a replay; slack is what is requested and not used, as a share of what is requested. */
export const columns: readonly Column[] = [
  column('mem slack %', 'memSlack', 100, 1, 'memory requested and not used'),
  column('median', 'memSlackMedian', 100, 1, 'the same of the median container'),
  column('mem req/use', 'memReqPerUse', 1, 2, 'memory requested for each byte used'),
  column('OOM /1000 d', 'oomPer1000Days', 1, 0, 'OOM kills in a thousand container-days'),
  column('OOM-days %', 'oomDayShare', 100, 1, 'container-days with a kill'),
  column('cpu slack %', 'cpuSlack', 100, 1, 'CPU requested and not used'),
  column('median', 'cpuSlackMedian', 100, 1, 'the same of the median container'),
  column('cpu req/use', 'cpuReqPerUse', 1, 2, 'CPU requested for each core used'),
  column('cpu exceeded %', 'cpuExceeded', 100, 2, 'steps in which CPU use exceeds the request'),
  column('over promise %', 'seriesOverCpuObjective', 100, 0, 'containers with more of those than promised'),
  column('cpu deficit %', 'cpuDeficit', 100, 2, 'CPU used beyond the request'),
  column('changes /d', 'changesPerDay', 1, 2, 'changes of requests in a container-day'),
];

const narrow: readonly FigureName[] = [
  'memReqPerUse',
  'oomPer1000Days',
  'cpuReqPerUse',
  'cpuExceeded',
  'cpuDeficit',
  'changesPerDay',
];

/** Those that are shown with their intervals. */
export const intervalColumns: readonly Column[] = columns.filter(({ figure }) => narrow.includes(figure));

export function shown(value: number | null | undefined, { scale, digits }: Column): string {
  return value === null || value === undefined ? '–' : fixed(value * scale, digits);
}

export function shownInterval(interval: Interval | undefined, of: Column): string {
  return interval === undefined ? '' : `[${shown(interval.low, of)}, ${shown(interval.high, of)}]`;
}

/** A difference, always with its sign. */
export function shownDifference(value: number, of: Column): string {
  const text = shown(value, of);
  return value >= 0 || /^-0(\.0*)?$/.test(text) ? `+${text.replace('-', '')}` : text;
}

function column(title: string, figure: FigureName, scale: number, digits: number, meaning: string): Column {
  return { title, figure, scale, digits, meaning };
}
