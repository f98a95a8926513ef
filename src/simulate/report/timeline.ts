import type { Resource } from '../../core/resource.ts';
import type { History } from '../replay/history.ts';
import type { Outcome } from '../replay/outcome.ts';
import { type Axis, linearAxis } from './axis.ts';
import { highestOf, requestsOf, usageOf } from './course.ts';
import { coordinate, escaped } from './markup.ts';

export interface TimelineOptions {
  readonly history: History;
  readonly container: number;
  readonly resource: Resource;
  readonly own: Outcome;
  readonly reference: Outcome | undefined;
}

const [width, height] = [760, 170];
const area = { left: 66, right: width - 8, top: 22, bottom: height - 24 };
const mebibyte = 2 ** 20;

/** One container's use over time (the highest of each pixel), and what was requested for it, as SVG. */
export function timeline({ history, container, resource, own, reference }: TimelineOptions): string {
  const pixels = Math.min(area.right - area.left, history.times.length);
  const use = highestOf(usageOf(history, resource, container), pixels);
  const ownRequests = requestsOf(history, own, container)[resource];
  const otherRequests = reference === undefined ? undefined : requestsOf(history, reference, container)[resource];
  // The first day begins at what was provisioned, often so high that nothing else could be seen.
  const learned = Math.floor(86_400 / history.stepSeconds);
  const later = [use, ownRequests.subarray(learned), otherRequests?.subarray(learned) ?? new Float64Array(0)];
  const high = later.reduce((most, values) => values.reduce((a, b) => (b > a ? b : a), most), 1) * 1.05;
  const y = linearAxis(0, high, area.bottom, area.top, (value) => amount(value, resource));
  const lines = [
    otherRequests === undefined ? '' : steps(otherRequests, pixels, y, 'peer'),
    steps(ownRequests, pixels, y, 'own'),
  ];
  const kills = exceeded(usageOf(history, resource, container), ownRequests, pixels);
  const title = `${resource === 'cpu' ? 'CPU' : 'memory'} of ${history.ids[container] ?? ''}`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}"><text class="title" x="${area.left}" y="14">${escaped(title)}</text>${frame(y, history)}${filled(use, y)}${lines.join('')}${kills}</svg>`;
}

function frame(y: Axis, { times, stepSeconds }: History): string {
  const horizontal = y.ticks.map(
    ({ at, text }) =>
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${coordinate(at)}" y2="${coordinate(at)}"/><text class="tick" x="${area.left - 6}" y="${coordinate(at + 4)}" text-anchor="end">${text}</text>`,
  );
  const days = (times.length * stepSeconds) / 86_400;
  const apart = [1, 2, 5, 7, 14, 30, 90].find((step) => days / step <= 10) ?? 365;
  const marks: string[] = [];
  for (let day = 0; day <= days; day += apart) {
    const at = area.left + (day / days) * (area.right - area.left);
    marks.push(
      `<text class="tick" x="${coordinate(at)}" y="${area.bottom + 16}" text-anchor="${anchorOf(day / days)}">day ${day}</text>`,
    );
  }
  return horizontal.join('') + marks.join('');
}

/** The first and the last stay inside the picture. */
function anchorOf(share: number): string {
  if (share < 0.02) return 'start';
  return share > 0.97 ? 'end' : 'middle';
}

function filled(use: Float64Array, y: Axis): string {
  const path: string[] = [];
  let isOpen = false;
  for (const [i, value] of use.entries()) {
    if (Number.isNaN(value)) {
      if (isOpen) path.push(`L${coordinate(xOf(i, use.length))} ${area.bottom}Z`);
      isOpen = false;
      continue;
    }
    if (!isOpen) path.push(`M${coordinate(xOf(i, use.length))} ${area.bottom}`);
    isOpen = true;
    path.push(`L${coordinate(xOf(i, use.length))} ${coordinate(Math.max(area.top, y.place(value)))}`);
  }
  if (isOpen) path.push(`L${area.right} ${area.bottom}Z`);
  return `<path class="use" d="${path.join('')}"/>`;
}

function steps(requests: Float64Array, pixels: number, y: Axis, role: string): string {
  const path: string[] = [];
  let last = Number.NaN;
  for (let i = 0; i < pixels; i += 1) {
    const value = requests[Math.floor((i * requests.length) / pixels)] ?? 0;
    if (value === last) continue;
    const top = coordinate(Math.max(area.top - 4, y.place(value)));
    path.push(path.length === 0 ? `M${coordinate(xOf(i, pixels))} ${top}` : `H${coordinate(xOf(i, pixels))}V${top}`);
    last = value;
  }
  return `<path class="request ${role}" d="${path.join('')}H${area.right}"/>`;
}

/** A mark under each pixel in which use exceeded the request. */
function exceeded(use: Float64Array, requests: Float64Array, pixels: number): string {
  const marked = new Set<number>();
  for (const [i, value] of use.entries()) {
    if (value > (requests[i] ?? 0)) marked.add(Math.min(pixels - 1, Math.floor((i * pixels) / use.length)));
  }
  const marks = [...marked].map((i) => `M${coordinate(xOf(i, pixels))} ${area.bottom}v5`);
  return `<path class="exceeded" d="${marks.join('')}"/>`;
}

function xOf(i: number, of: number): number {
  return area.left + (i / of) * (area.right - area.left);
}

function amount(value: number, resource: Resource): string {
  if (resource === 'cpu') return `${Math.round(value)}m`;
  return value >= 1024 * mebibyte
    ? `${Number((value / mebibyte / 1024).toPrecision(3))}Gi`
    : `${Math.round(value / mebibyte)}Mi`;
}
