import type { PerResource } from '../../core/resource.ts';
import type { History } from './history.ts';
import { type ReplayWindow, stepsPerDay } from './rules.ts';

/** Names of the sums that are kept for each container over a window: all that the figures, and their intervals, are made of. */
export const sumNames = [
  'memReq',
  'memUse',
  'memSlack',
  'cpuReq',
  'cpuUse',
  'cpuSlack',
  'cpuDeficit',
  'cpuOver',
  'cpuSteps',
  'memSteps',
  'oom',
  'oomDays',
  'changes',
  'days',
  'sampledDays',
] as const;

export type SumName = (typeof sumNames)[number];

/** One number for each container under each name. */
export type Sums = Readonly<Record<SumName, Float64Array>>;

/** Sums of one window of a replay. A gap (no sample) is neither a kill nor counted. */
export class Tally {
  readonly window: ReplayWindow;
  readonly sums: Sums;
  readonly #history: History;
  readonly #day: number;
  readonly #sampledSteps: Float64Array;
  readonly #lastKillDay: Int32Array;
  readonly #lastSampledDay: Int32Array;

  constructor(history: History, window: ReplayWindow) {
    const count = history.ids.length;
    this.window = window;
    this.#history = history;
    this.#day = stepsPerDay(history.stepSeconds);
    this.sums = Object.fromEntries(sumNames.map((name) => [name, new Float64Array(count)])) as Record<
      SumName,
      Float64Array
    >;
    this.#sampledSteps = new Float64Array(count);
    this.#lastKillDay = new Int32Array(count).fill(-1);
    this.#lastSampledDay = new Int32Array(count).fill(-1);
  }

  /** Takes the requests that were in force in a step and which were changed at its end. */
  take(step: number, requests: PerResource<Float64Array>, changed: Uint8Array): void {
    const { from, to } = this.window;
    if (step < from || step >= to) return;
    const count = this.#history.ids.length;
    const day = Math.floor(step / this.#day);
    for (let i = 0; i < count; i += 1) {
      this.#takeOne(i, step * count + i, day, requests);
      if (changed[i] === 1) add(this.sums.changes, i, 1);
    }
  }

  #takeOne(i: number, at: number, day: number, requests: PerResource<Float64Array>): void {
    const { usage } = this.#history;
    const [cpu, memory] = [usage.cpu[at] ?? Number.NaN, usage.memory[at] ?? Number.NaN];
    const [hasCpu, hasMemory] = [!Number.isNaN(cpu), !Number.isNaN(memory)];
    if (hasCpu) this.#takeCpu(i, cpu, requests.cpu[i] ?? 0);
    if (hasMemory) this.#takeMemory(i, memory, requests.memory[i] ?? 0, day);
    if (hasCpu || hasMemory) this.#takeDay(i, day);
  }

  #takeCpu(i: number, use: number, request: number): void {
    const { sums } = this;
    add(sums.cpuReq, i, request);
    add(sums.cpuUse, i, use);
    add(sums.cpuSteps, i, 1);
    if (use > request) {
      add(sums.cpuOver, i, 1);
      add(sums.cpuDeficit, i, use - request);
    } else add(sums.cpuSlack, i, request - use);
  }

  #takeMemory(i: number, use: number, request: number, day: number): void {
    const { sums } = this;
    add(sums.memReq, i, request);
    add(sums.memUse, i, use);
    add(sums.memSteps, i, 1);
    if (use <= request) {
      add(sums.memSlack, i, request - use);
      return;
    }
    add(sums.oom, i, 1);
    if (this.#lastKillDay[i] === day) return;
    this.#lastKillDay[i] = day;
    add(sums.oomDays, i, 1);
  }

  /** Only steps with samples make container-days; a part of a day is a day of its own where days with a kill are counted. */
  #takeDay(i: number, day: number): void {
    const steps = (this.#sampledSteps[i] ?? 0) + 1;
    this.#sampledSteps[i] = steps;
    this.sums.days[i] = steps / this.#day;
    if (this.#lastSampledDay[i] === day) return;
    this.#lastSampledDay[i] = day;
    add(this.sums.sampledDays, i, 1);
  }
}

function add(to: Float64Array, i: number, value: number): void {
  to[i] = (to[i] ?? 0) + value;
}
