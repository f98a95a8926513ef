import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import { larger, roundHalfToEven } from '../numbers.ts';
import { type History, sharedMatrix } from '../replay/history.ts';

/** Measurements of one replica of a container, in the order in which they came. */
export class Measured {
  times = new Float64Array(256);
  cpu = new Float64Array(256);
  memory = new Float64Array(256);
  count = 0;

  /** What is no finite number of at least 0 is no sample. */
  push(timeSeconds: number, cpuMillicores: number, memoryBytes: number): void {
    if (this.count === this.times.length) this.#grow();
    this.times[this.count] = timeSeconds;
    this.cpu[this.count] = usable(cpuMillicores);
    this.memory[this.count] = usable(memoryBytes);
    this.count += 1;
  }

  get firstSeconds(): number {
    return this.#extreme(Math.min, Number.POSITIVE_INFINITY);
  }

  get lastSeconds(): number {
    return this.#extreme(Math.max, Number.NEGATIVE_INFINITY);
  }

  #extreme(of: (a: number, b: number) => number, from: number): number {
    let found = from;
    for (let i = 0; i < this.count; i += 1) found = of(found, this.times[i] ?? from);
    return found;
  }

  #grow(): void {
    const larger = (held: Float64Array): Float64Array<ArrayBuffer> => {
      const more = new Float64Array(2 * held.length);
      more.set(held);
      return more;
    };
    [this.times, this.cpu, this.memory] = [larger(this.times), larger(this.cpu), larger(this.memory)];
  }
}

export interface BuildOptions {
  readonly stepSeconds: number;
  /** Whether every container begins at the first step, whenever it was measured. */
  readonly align: boolean;
  /** What containers request before a policy acts, by id; undefined where nobody knows. */
  readonly requests: ReadonlyMap<string, PerResource<number>> | undefined;
}

/** More than this does not fit into a machine that people have: 16 GB for both resources. */
const mostValues = 1e9;

/** Puts measurements of containers on one grid. */
export class HistoryBuilder {
  readonly #containers = new Map<string, Map<string, Measured>>();

  /** Of one replica of a container. */
  of(id: string, replica = ''): Measured {
    const replicas = this.#containers.get(id) ?? new Map<string, Measured>();
    this.#containers.set(id, replicas);
    const measured = replicas.get(replica) ?? new Measured();
    replicas.set(replica, measured);
    return measured;
  }

  /**
   * A sample belongs to the step whose end is nearest, the later one of two wins. Of several replicas the one that needs most counts in each step: one
   * request has to hold for all of them. Throws TRACE_INVALID when nothing was measured, or the times lie too far apart.
   */
  build({ stepSeconds, align, requests }: BuildOptions): History {
    const ids = [...this.#containers].filter(([, replicas]) => [...replicas.values()].some((one) => one.count > 0));
    const spans = ids.map(([, replicas]) => spanOf([...replicas.values()]));
    const start = Math.min(...spans.map(({ from }) => from));
    const longest = align
      ? Math.max(...spans.map(({ from, to }) => to - from))
      : Math.max(...spans.map(({ to }) => to)) - start;
    const steps = Math.trunc(longest / stepSeconds) + 1;
    if (ids.length === 0)
      throw new BarographError('TRACE_INVALID', 'expected measurements of containers, received none');
    if (steps * ids.length > mostValues) {
      const received = `${steps} steps of ${ids.length} containers`;
      throw new BarographError('TRACE_INVALID', `expected recordings of one time, received ${received}; see --align`);
    }
    const usage = { cpu: sharedMatrix(steps, ids.length), memory: sharedMatrix(steps, ids.length) };
    for (const [column, [, replicas]] of ids.entries()) {
      const from = align ? (spans[column]?.from ?? start) : start;
      for (const measured of replicas.values()) lay(measured, from, stepSeconds, usage, column, ids.length, steps);
    }
    const times = Float64Array.from({ length: steps }, (_, step) => start + stepSeconds * step);
    const names = ids.map(([id]) => id);
    const isCapacityKnown = requests !== undefined && names.every((id) => requests.has(id));
    return { ids: names, stepSeconds, times, usage, capacity: capacityOf(names, usage, requests), isCapacityKnown };
  }
}

function spanOf(replicas: readonly Measured[]): { readonly from: number; readonly to: number } {
  return {
    from: Math.min(...replicas.map((one) => one.firstSeconds)),
    to: Math.max(...replicas.map((one) => one.lastSeconds)),
  };
}

/** Lays a replica's samples into a column of the matrices. */
function lay(
  measured: Measured,
  from: number,
  stepSeconds: number,
  usage: PerResource<Float64Array>,
  column: number,
  columns: number,
  steps: number,
): void {
  const own = { cpu: new Float64Array(steps).fill(Number.NaN), memory: new Float64Array(steps).fill(Number.NaN) };
  for (let i = 0; i < measured.count; i += 1) {
    const step = roundHalfToEven(((measured.times[i] ?? 0) - from) / stepSeconds);
    if (step < 0 || step >= steps) continue;
    own.cpu[step] = measured.cpu[i] ?? Number.NaN;
    own.memory[step] = measured.memory[i] ?? Number.NaN;
  }
  for (let step = 0; step < steps; step += 1) {
    const at = step * columns + column;
    usage.cpu[at] = larger(usage.cpu[at] ?? Number.NaN, own.cpu[step] ?? Number.NaN);
    usage.memory[at] = larger(usage.memory[at] ?? Number.NaN, own.memory[step] ?? Number.NaN);
  }
}

/** Where a request is not known, twice the highest use there ever was: a start for those that change it, no figure to compare with. */
function capacityOf(
  ids: readonly string[],
  usage: PerResource<Float64Array>,
  requests: BuildOptions['requests'],
): PerResource<Float64Array> {
  const capacity = { cpu: new Float64Array(ids.length), memory: new Float64Array(ids.length) };
  for (const [column, id] of ids.entries()) {
    const known = requests?.get(id);
    capacity.cpu[column] = known?.cpu ?? Math.ceil(2 * highest(usage.cpu, column, ids.length, 1));
    capacity.memory[column] = known?.memory ?? Math.ceil(2 * highest(usage.memory, column, ids.length, 2 ** 20));
  }
  return capacity;
}

function highest(values: Float64Array, column: number, columns: number, least: number): number {
  let most = least;
  for (let at = column; at < values.length; at += columns) most = larger(most, values[at] ?? Number.NaN);
  return most;
}

function usable(value: number): number {
  return value >= 0 && Number.isFinite(value) ? value : Number.NaN;
}
