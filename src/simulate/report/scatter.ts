import type { Interval } from '../replay/bootstrap.ts';
import { type Axis, linearAxis, logAxis } from './axis.ts';
import { coordinate, escaped } from './markup.ts';
import { paretoFront, type Trade } from './pareto.ts';

/** A policy in a chart of risk against cost. */
export interface Dot extends Trade {
  readonly name: string;
  readonly role: 'own' | 'peer' | 'bound';
  readonly costInterval: Interval | undefined;
  readonly riskInterval: Interval | undefined;
}

export interface ScatterOptions {
  readonly title: string;
  readonly costTitle: string;
  readonly riskTitle: string;
  /** The risk that was promised, where one line is drawn. */
  readonly promised: number;
}

const [width, height] = [560, 400];
const area = { left: 64, right: width - 16, top: 34, bottom: height - 52 };
/** What requests so many times what is used is left out of the picture, so that the others can be told apart. */
const dearest = 2.2;

/** Risk (logarithmic, upwards) against cost (to the right) as SVG: dots with their 95 % intervals, and the line that none is below. */
export function scatterChart(dots: readonly Dot[], options: ScatterOptions): string {
  const costs = dots.map(({ cost }) => cost).sort((a, b) => a - b);
  const usual = costs[Math.floor((costs.length - 1) * 0.75)] ?? 1;
  const inside = dots.filter(({ cost }) => cost <= dearest * usual);
  const outside = dots.filter(({ cost }) => cost > dearest * usual);
  const high = Math.max(...inside.map(({ cost }) => cost), 1) * 1.12;
  const low = Math.min(1, ...inside.map(({ cost }) => cost));
  const x = linearAxis(low, high, area.left, area.right, (value) => trimmed(value));
  const risks = [...inside.map(({ risk }) => risk), options.promised];
  const y = logAxis(risks, area.bottom, area.top, trimmed);
  const parts = [
    `<text class="title" x="${area.left}" y="18">${escaped(options.title)}</text>`,
    grid(x, y, options),
    promise(y, options.promised),
    frontLine(paretoFront(inside.filter(({ role }) => role !== 'bound')), x, y),
    ...inside.map((dot) => bars(dot, x, y)),
    ...inside.map((dot) => mark(dot, x, y)),
    labels(inside, x, y),
  ];
  const note =
    outside.length === 0
      ? ''
      : `<p class="note">Not shown, for they request far more: ${outside.map(({ name, cost }) => `${escaped(name)} (${trimmed(cost)})`).join(', ')}.</p>`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(options.title)}">${parts.join('')}</svg>${note}</figure>`;
}

function grid(x: Axis, y: Axis, { costTitle, riskTitle }: ScatterOptions): string {
  const vertical = x.ticks.map(
    ({ at, text }) =>
      `<line class="grid" x1="${coordinate(at)}" x2="${coordinate(at)}" y1="${area.top}" y2="${area.bottom}"/><text class="tick" x="${coordinate(at)}" y="${area.bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  const horizontal = y.ticks.map(
    ({ at, text }) =>
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${coordinate(at)}" y2="${coordinate(at)}"/><text class="tick" x="${area.left - 8}" y="${coordinate(at + 4)}" text-anchor="end">${text}</text>`,
  );
  const middle = (area.top + area.bottom) / 2;
  const names = `<text class="axis" x="${(area.left + area.right) / 2}" y="${height - 12}" text-anchor="middle">${escaped(costTitle)}</text><text class="axis" transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${escaped(riskTitle)}</text>`;
  return `${vertical.join('')}${horizontal.join('')}${names}`;
}

function promise(y: Axis, promised: number): string {
  const at = coordinate(y.place(promised));
  return `<line class="promise" x1="${area.left}" x2="${area.right}" y1="${at}" y2="${at}"/><text class="tick" x="${area.right}" y="${coordinate(Number(at) - 4)}" text-anchor="end">promised</text>`;
}

function frontLine(front: readonly Trade[], x: Axis, y: Axis): string {
  const points = front.map(({ cost, risk }) => `${coordinate(x.place(cost))},${coordinate(y.place(risk))}`);
  return points.length < 2 ? '' : `<polyline class="front" points="${points.join(' ')}"/>`;
}

function bars({ cost, risk, role, costInterval, riskInterval }: Dot, x: Axis, y: Axis): string {
  const [atX, atY] = [x.place(cost), y.place(risk)];
  const within = (value: number): number => Math.min(area.right, Math.max(area.left, value));
  const across =
    costInterval === undefined
      ? ''
      : line(role, within(x.place(costInterval.low)), within(x.place(costInterval.high)), atY, atY);
  const up =
    riskInterval === undefined
      ? ''
      : line(role, atX, atX, y.place(riskInterval.low), Math.max(area.top, y.place(riskInterval.high)));
  return across + up;
}

function line(role: Dot['role'], ...ends: readonly [x1: number, x2: number, y1: number, y2: number]): string {
  const [x1, x2, y1, y2] = ends.map(coordinate);
  return `<line class="bar ${role}" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`;
}

function mark({ name, cost, risk, role }: Dot, x: Axis, y: Axis): string {
  const about = `${name}: ${trimmed(cost)} requested per used, risk ${trimmed(risk)}`;
  return `<circle class="dot ${role}" cx="${coordinate(x.place(cost))}" cy="${coordinate(y.place(risk))}" r="5"><title>${escaped(about)}</title></circle>`;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Names beside their dots: at the first place around the dot, then further down, where no other name and no dot is. */
function labels(dots: readonly Dot[], x: Axis, y: Axis): string {
  const taken: Box[] = dots.map(({ cost, risk }) => {
    return { left: x.place(cost) - 5, top: y.place(risk) - 5, width: 10, height: 10 };
  });
  const texts = [...dots].sort((a, b) => y.place(a.risk) - y.place(b.risk));
  return texts
    .map(({ name, cost, risk, role }) => {
      const box = freePlace(x.place(cost), y.place(risk), name.length * (role === 'own' ? 7.2 : 6.2), taken);
      taken.push(box);
      return `<text class="name ${role}" x="${coordinate(box.left)}" y="${coordinate(box.top + 9)}">${escaped(name)}</text>`;
    })
    .join('');
}

function freePlace(x: number, y: number, width: number, taken: readonly Box[]): Box {
  const height = 11;
  const [right, left, middle] = [x + 9, x - 9 - width, x - width / 2];
  for (let further = 0; further < 60; further += 3) {
    const places = [
      [right, y - 5 + further],
      [left, y - 5 + further],
      [right, y - 5 - further],
      [left, y - 5 - further],
      [middle, y - 18 - further],
      [middle, y + 8 + further],
    ] as const;
    for (const [boxLeft, top] of places) {
      const box = { left: boxLeft, top, width, height };
      if (boxLeft >= area.left && boxLeft + width <= area.right && !taken.some((other) => overlap(box, other)))
        return box;
    }
  }
  return { left: right, top: y - 5, width, height };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
