import { BarographError } from '../core/errors.ts';

export const seriesColumns = 'time,series,cpu_millicores,memory_bytes';
export const singleColumns = 'time,cpu_millicores,memory_bytes';

/** Where a text stands, for errors. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** One sample of a trace; NaN where a value is missing. Of a file about one series, `series` is empty. */
export interface TraceRow {
  readonly timeSeconds: number;
  readonly series: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

/** Whether the header says that rows name their series. Throws TRACE_INVALID when it is neither of the two. */
export function readHeader(line: string, place: Place): { readonly hasSeries: boolean } {
  const header = line.replace(/^\uFEFF/, '').trim();
  if (header === seriesColumns) return { hasSeries: true };
  if (header === singleColumns) return { hasSeries: false };
  throw traceInvalid(place, `the header '${seriesColumns}' or '${singleColumns}'`, header);
}

/** Reads one line. Throws TRACE_INVALID with what was expected. */
export function readRow(line: string, hasSeries: boolean, place: Place): TraceRow {
  const fields = line.split(',');
  const expected = hasSeries ? 4 : 3;
  if (fields.length !== expected) throw traceInvalid(place, `${expected} fields`, line);
  const [time = '', series = '', cpu = '', memory = ''] = hasSeries ? fields : [fields[0], '', fields[1], fields[2]];
  const timeSeconds = readNumber(time, place, 'a time in unix seconds');
  if (!Number.isFinite(timeSeconds)) throw traceInvalid(place, 'a time in unix seconds', time);
  return {
    timeSeconds,
    series,
    cpuMillicores: readNumber(cpu, place, 'millicores'),
    memoryBytes: readNumber(memory, place, 'bytes'),
  };
}

/** What a row looks like without its line's end; the inverse of readRow. */
export function formatRow({ timeSeconds, series, cpuMillicores, memoryBytes }: TraceRow): string {
  return `${timeSeconds},${series},${formatNumber(cpuMillicores)},${formatNumber(memoryBytes)}`;
}

export function traceInvalid({ path, line }: Place, expected: string, received: string): BarographError {
  const shown = received.length > 80 ? `${received.slice(0, 80)}…` : received;
  return new BarographError('TRACE_INVALID', `${path}:${line}: expected ${expected}, received '${shown}'`);
}

/** An empty field is no sample. `inf` and `nan` are numbers here: they are counted as samples that are not finite. */
function readNumber(text: string, place: Place, expected: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  const value = Number(trimmed);
  if (!Number.isNaN(value)) return value;
  if (/^[+-]?(nan|inf(inity)?)$/i.test(trimmed)) return Number.POSITIVE_INFINITY;
  throw traceInvalid(place, expected, trimmed);
}

function formatNumber(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}
