import { fixed } from '../../simulate/numbers.ts';
import { intervalOf } from '../../simulate/replay/bootstrap.ts';
import { guardsOf } from '../../simulate/replay/guards.ts';
import type { Outcome, WindowOutcome } from '../../simulate/replay/outcome.ts';
import type { ReplayWindow } from '../../simulate/replay/rules.ts';
import {
  type Column,
  columns,
  intervalColumns,
  shown,
  shownDifference,
  shownInterval,
} from '../../simulate/report/columns.ts';
import { renderTable } from '../table.ts';
import type { SimulationResult } from './result.ts';

/** A result for people: figures, their intervals, the differences to the reference, and the first day. */
export function resultText(result: SimulationResult): string {
  const { outcomes, reference, history } = result;
  const learned = daysOf(outcomes[0]?.windows.find(({ window }) => window.name === 'scored')?.window.from ?? 0, result);
  const parts = [
    heading(result),
    `After ${learned} days of learning:\n${figuresTable(outcomes, 'scored')}`,
    `Guards, which the totals hide:\n${guardsTable(outcomes)}`,
    `95 % intervals (bootstrap over containers):\n${intervalsTable(outcomes)}`,
    reference === undefined
      ? ''
      : `Difference to ${reference.name}, 95 % interval:\n${differencesTable(outcomes, reference)}`,
    `The first 24 hours:\n${figuresTable(outcomes, 'cold')}`,
    history.isCapacityKnown
      ? ''
      : 'What is requested today is not known (see --requests): all begin at twice the highest use.',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function heading({ history, origin, outcomes }: SimulationResult): string {
  const { variant, objective } = outcomes[0]?.bout.rules ?? {};
  const promised = `CPU exceeded in ${100 * (objective?.cpuExceeded ?? 0)} % of steps, ${objective?.memoryExceededPerDay} OOM kills a container-day`;
  const size = `${history.ids.length} containers, ${history.times.length} steps of ${history.stepSeconds} s`;
  return `${origin}: ${size}; requests follow by the rule '${variant}'\npromised: ${promised}`;
}

function daysOf(steps: number, { history }: SimulationResult): number {
  return Math.round((steps * history.stepSeconds) / 8640) / 10;
}

function windowOf(outcome: Outcome, name: ReplayWindow['name']): WindowOutcome | undefined {
  return outcome.windows.find(({ window }) => window.name === name);
}

function figuresTable(outcomes: readonly Outcome[], name: ReplayWindow['name']): string {
  const rows = outcomes.map((outcome) => [
    outcome.name,
    ...columns.map((column) => shown(windowOf(outcome, name)?.figures[column.figure], column)),
  ]);
  return renderTable(['policy', ...columns.map(({ title }) => title)], rows);
}

/** The containers on their own: medians, geometric means, days, the worst and the largest. */
function guardsTable(outcomes: readonly Outcome[]): string {
  const header = [
    'policy',
    'median mem slack %',
    'median cpu slack %',
    'mem req/use, geometric mean',
    'cpu',
    'OOM-days %',
    'worst OOM/d',
    'OOM of the 4 largest',
    'worst cpu exceeded %',
  ];
  const text = (value: number | null | undefined, scale: number, digits: number): string =>
    typeof value === 'number' ? fixed(value * scale, digits) : '–';
  const rows = outcomes.flatMap((outcome) => {
    const of = windowOf(outcome, 'scored');
    if (of === undefined) return [];
    const guards = guardsOf(of.sums);
    return [
      [
        outcome.name,
        text(of.figures.memSlackMedian, 100, 1),
        text(of.figures.cpuSlackMedian, 100, 1),
        text(guards.memReqPerUse, 1, 2),
        text(guards.cpuReqPerUse, 1, 2),
        text(of.figures.oomDayShare, 100, 1),
        text(guards.worstOomPerDay, 1, 2),
        text(guards.largestOom, 1, 0),
        text(guards.worstCpuExceeded, 100, 1),
      ],
    ];
  });
  return renderTable(header, rows);
}

function intervalsTable(outcomes: readonly Outcome[]): string {
  const cell = (outcome: Outcome, column: Column): string => {
    const of = windowOf(outcome, 'scored');
    return of === undefined ? '–' : shownInterval(intervalOf(column.figure, of.resampled), column);
  };
  const rows = outcomes.map((outcome) => [outcome.name, ...intervalColumns.map((column) => cell(outcome, column))]);
  return renderTable(['policy', ...intervalColumns.map(({ title }) => title)], rows);
}

function differencesTable(outcomes: readonly Outcome[], reference: Outcome): string {
  const base = windowOf(reference, 'scored');
  const cell = (outcome: Outcome, column: Column): string => {
    const of = windowOf(outcome, 'scored');
    const [own, other] = [of?.figures[column.figure], base?.figures[column.figure]];
    if (of === undefined || base === undefined || typeof own !== 'number' || typeof other !== 'number') return '–';
    const interval = intervalOf(column.figure, of.resampled, base.resampled);
    const range =
      interval === undefined
        ? ''
        : ` [${shownDifference(interval.low, column)}, ${shownDifference(interval.high, column)}]`;
    return shownDifference(own - other, column) + range;
  };
  const rows = outcomes
    .filter((outcome) => outcome !== reference)
    .map((outcome) => [outcome.name, ...intervalColumns.map((column) => cell(outcome, column))]);
  return renderTable(['policy', ...intervalColumns.map(({ title }) => title)], rows);
}
