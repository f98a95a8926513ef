import { intervalOf } from '../replay/bootstrap.ts';
import type { FigureName } from '../replay/figures.ts';
import type { Outcome, WindowOutcome } from '../replay/outcome.ts';
import { columns, intervalColumns, shown, shownInterval } from './columns.ts';
import { escaped } from './markup.ts';
import type { ReportData } from './report-data.ts';
import { type Dot, type ScatterOptions, scatterChart } from './scatter.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';
import { worstContainers } from './worst.ts';

const shownOfEach = 3;

/** A page that needs nothing else: figures with intervals, risk against slack, and the worst containers over time. */
export function htmlReport(data: ReportData): string {
  const { history, origin, outcomes } = data;
  const days = Math.round((history.times.length * history.stepSeconds) / 8640) / 10;
  const about = `${history.ids.length} containers, ${days} days in steps of ${history.stepSeconds / 60} min, from ${origin}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Barograph: replay</title><style>${style}</style></head>
<body><main>
<h1>Replay</h1>
<p>${escaped(about)}. ${escaped(promiseText(outcomes))}</p>
${capacityNote(data)}
<h2>Risk against slack</h2>
<p>Each dot is a policy; further left it wastes less, further down it risks less. Bars are 95 % intervals over containers; the dashed line joins the policies that none beats in both.</p>
<div class="pair">${charts(outcomes)}</div>
${sections(outcomes)}
${worst(data)}
</main></body></html>
`;
}

function promiseText(outcomes: readonly Outcome[]): string {
  const objective = outcomes[0]?.bout.rules.objective;
  if (objective === undefined) return '';
  return `Promised: CPU exceeded in ${100 * objective.cpuExceeded} % of steps, ${objective.memoryExceededPerDay} OOM kills a container-day. Requests follow the advice by the rule '${outcomes[0]?.bout.rules.variant}'.`;
}

function capacityNote({ history }: ReportData): string {
  if (history.isCapacityKnown) return '';
  return '<p class="note">What these containers request today is not known; every policy begins at twice the highest use.</p>';
}

function charts(outcomes: readonly Outcome[]): string {
  const objective = outcomes[0]?.bout.rules.objective ?? { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 };
  const memory: ScatterOptions = {
    title: 'Memory',
    costTitle: 'bytes requested for each byte used',
    riskTitle: 'OOM kills in 1,000 container-days',
    promised: 1000 * objective.memoryExceededPerDay,
  };
  const cpu: ScatterOptions = {
    title: 'CPU',
    costTitle: 'cores requested for each core used',
    riskTitle: 'steps with use above the request, %',
    promised: 100 * objective.cpuExceeded,
  };
  return (
    scatterChart(dotsOf(outcomes, 'memReqPerUse', 'oomPer1000Days', 1), memory) +
    scatterChart(dotsOf(outcomes, 'cpuReqPerUse', 'cpuExceeded', 100), cpu)
  );
}

function dotsOf(outcomes: readonly Outcome[], cost: FigureName, risk: FigureName, scale: number): Dot[] {
  return outcomes.flatMap((outcome): Dot[] => {
    const scored = outcome.windows.find(({ window }) => window.name === 'scored');
    const [atCost, atRisk] = [scored?.figures[cost], scored?.figures[risk]];
    if (scored === undefined || typeof atCost !== 'number' || typeof atRisk !== 'number') return [];
    const riskInterval = intervalOf(risk, scored.resampled);
    return [
      {
        name: outcome.name,
        role: roleOf(outcome),
        cost: atCost,
        risk: atRisk * scale,
        costInterval: intervalOf(cost, scored.resampled),
        riskInterval:
          riskInterval === undefined ? undefined : { low: riskInterval.low * scale, high: riskInterval.high * scale },
      },
    ];
  });
}

function roleOf({ bout: { contender } }: Outcome): Dot['role'] {
  if (contender.kind === 'clairvoyant') return 'bound';
  return contender.kind === 'policy' && contender.name === 'barograph' ? 'own' : 'peer';
}

function sections(outcomes: readonly Outcome[]): string {
  const windows = outcomes[0]?.windows ?? [];
  return windows.map(({ window }) => section(window, outcomes)).join('');
}

function section(window: WindowOutcome['window'], outcomes: readonly Outcome[]): string {
  const title = window.name === 'cold' ? 'The first 24 hours' : 'After the warm-up';
  const head = columns.map((column) => `<th title="${escaped(column.meaning)}">${escaped(column.title)}</th>`).join('');
  const rows = outcomes.map((outcome) => {
    const of = outcome.windows.find((one) => one.window.name === window.name);
    const cells = columns.map((column) => {
      const interval = intervalColumns.includes(column) && of ? intervalOf(column.figure, of.resampled) : undefined;
      return `<td>${shown(of?.figures[column.figure], column)}<br><small>${shownInterval(interval, column)}</small></td>`;
    });
    return `<tr class="${roleOf(outcome)}"><th>${escaped(outcome.name)}</th>${cells.join('')}</tr>`;
  });
  return `<h2>${title}</h2><div class="wide"><table><thead><tr><th>policy</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function worst({ history, own, reference }: ReportData): string {
  if (own === undefined) return '';
  const beside = reference === undefined ? '' : `, <span class="key peer">${escaped(reference.name)}</span>`;
  const figures = worstContainers(own, shownOfEach).map(
    ({ container, resource, why }) =>
      `<figure>${timeline({ history, container, resource, own, reference })}<figcaption>${escaped(why)}</figcaption></figure>`,
  );
  return `<h2>The worst containers</h2><p><span class="key use">use</span>, requested by <span class="key own">${escaped(own.name)}</span>${beside}; a red mark below is a stretch in which use exceeded ${escaped(own.name)}'s request.</p>${figures.join('')}`;
}
