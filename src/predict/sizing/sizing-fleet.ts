import { frame, packNumbers, unframe, unpackDoubles } from '../../core/framing.ts';
import type { PerResource, Resource } from '../../core/resource.ts';
import type { Prices } from './choice.ts';
import { demandOptions } from './demand-options.ts';
import { FleetPrice } from './fleet-price.ts';
import { type SizingOptions, sizingOptions } from './policy-options.ts';
import { Sizing } from './sizing.ts';

const kind = 'sizing-fleet';
const version = 1;
const hour = 3600;
const day = 24;
/** An hour of windows, all as promised, weighs as much as this many promised events. */
const stepEvents = 2 / day;

/** The shares of steps (CPU) and of days (memory, kills) that are promised. */
export type Promised = PerResource<number>;

export interface FleetStep {
  readonly timeSeconds: number;
  /** NaN where there is no sample. */
  readonly usage: PerResource<Float64Array>;
  /** Indexes of those killed for memory; their memory is the limit that they hit. */
  readonly killed: readonly number[];
}

/**
 * Decides what a fleet requests, once an hour and after each kill. Risk is bought where it saves most: every container weighs its request
 * against the same price of an exceedance, and the price is steered until the fleet keeps its promise.
 */
export class SizingFleet {
  readonly #options: SizingOptions;
  readonly #stepSeconds: number;
  readonly #promised: Promised;
  readonly #prices: PerResource<FleetPrice>;
  readonly #containers: readonly Sizing[];
  #hourEnds: number | undefined;
  readonly #since = { exceeded: 0, steps: 0, kills: 0 };

  constructor(
    stepSeconds: number,
    promised: Promised,
    capacities: readonly PerResource<number>[],
    options = sizingOptions,
  ) {
    this.#options = options;
    this.#stepSeconds = stepSeconds;
    this.#promised = promised;
    const begin = (resource: Resource): FleetPrice => {
      const { price, gainPerDay } = options[resource];
      return new FleetPrice(price / promised[resource], gainPerDay);
    };
    this.#prices = { cpu: begin('cpu'), memory: begin('memory') };
    this.#containers = capacities.map((capacity) => new Sizing(options, capacity));
  }

  /** What a container is to request; undefined before its first hour is over. */
  target(container: number): PerResource<number> | undefined {
    return this.#containers[container]?.targets;
  }

  observe({ timeSeconds, usage, killed }: FleetStep): void {
    this.#hourEnds ??= timeSeconds - this.#stepSeconds + hour;
    // A step that begins after the hour belongs to a later one: the hour is closed without it.
    if (timeSeconds - this.#stepSeconds >= this.#hourEnds) this.#endHour(timeSeconds - this.#stepSeconds);
    const isKilled = new Set(killed);
    for (const [i, container] of this.#containers.entries()) {
      const use = { cpu: usage.cpu[i] ?? Number.NaN, memory: usage.memory[i] ?? Number.NaN };
      container.observe(use, isKilled.has(i));
      this.#count(container, use.cpu);
    }
    if (timeSeconds >= this.#hourEnds) this.#endHour(timeSeconds);
    for (const i of killed) {
      const container = this.#containers[i];
      if (container?.isMature === true) this.#since.kills += 1;
      this.#answerKill(container);
    }
  }

  /** The whole state, with a version and a checksum. */
  save(): Uint8Array {
    const { exceeded, steps, kills } = this.#since;
    const factors = [this.#prices.cpu.logFactor, this.#prices.memory.logFactor];
    const numbers = Float64Array.of(this.#hourEnds ?? Number.NaN, exceeded, steps, kills, ...factors);
    return frame(kind, version, [packNumbers(numbers), ...this.#containers.map((container) => container.save())]);
  }

  /** Takes back what save gave of as many containers. Throws OUTLOOK_INVALID when it is damaged; nothing can be said of the fleet then. */
  load(bytes: Uint8Array): this {
    const [numbers, ...containers] = unframe(kind, version, bytes);
    const [hourEnds = Number.NaN, exceeded = 0, steps = 0, kills = 0, cpu = 0, memory = 0] = unpackDoubles(
      kind,
      numbers,
      6,
    );
    for (const [i, container] of this.#containers.entries()) container.load(containers[i] ?? new Uint8Array(0));
    this.#hourEnds = Number.isNaN(hourEnds) ? undefined : hourEnds;
    Object.assign(this.#since, { exceeded, steps, kills });
    this.#prices.cpu.load(cpu);
    this.#prices.memory.load(memory);
    return this;
  }

  #count({ targets, isMature }: Sizing, cpu: number): void {
    if (!isMature || targets === undefined || !(cpu >= 0)) return;
    this.#since.steps += 1;
    if (cpu > targets.cpu) this.#since.exceeded += 1;
  }

  #endHour(nowSeconds: number): void {
    const began = (this.#hourEnds ?? nowSeconds) - hour;
    const hours = Math.max(1, Math.floor((nowSeconds - began) / hour));
    this.#hourEnds = began + (hours + 1) * hour;
    for (const container of this.#containers) container.closeHour();
    this.#steer();
    const means = this.#meanUses();
    for (const container of this.#containers) container.decide(this.#pricesFor(container, means));
  }

  #answerKill(container: Sizing | undefined): void {
    container?.answerKill(this.#pricesFor(container, this.#meanUses()));
  }

  #steer(): void {
    const { exceeded, steps, kills } = this.#since;
    const { cpu, memory } = this.#options;
    const mature = this.#containers.filter(({ isMature }) => isMature).length;
    this.#prices.memory.steer(kills, (memory.aim * this.#promised.memory * mature) / day, 1 / day);
    // In shares of the promise: windows follow each other too closely to count as events of their own.
    if (steps > 0)
      this.#prices.cpu.steer((exceeded / steps / (cpu.aim * this.#promised.cpu)) * stepEvents, stepEvents, 1 / day);
    Object.assign(this.#since, { exceeded: 0, steps: 0, kills: 0 });
  }

  #meanUses(): PerResource<number> {
    const mean = (resource: Resource): number => {
      const uses = this.#containers.flatMap((container) => container.meanUse(resource) ?? []);
      return uses.reduce((sum, use) => sum + use, 0) / Math.max(1, uses.length);
    };
    return { cpu: mean('cpu'), memory: mean('memory') };
  }

  #pricesFor(container: Sizing, means: PerResource<number>): PerResource<Prices> {
    const of = (resource: Resource): Prices => {
      const options = this.#options[resource];
      const { grid, horizonHours, outcome } = demandOptions[resource];
      // What is promised a day is promised to the horizon in proportion; what is promised of steps holds for each.
      const horizonsPerDay = outcome === 'highest' ? day / horizonHours : 1;
      const own = Math.max(container.meanUse(resource) ?? 0, grid.first);
      const ratio = own / Math.max(means[resource], grid.first);
      const unit = own * ratio ** (options.ownScale - 1);
      const young = 1 + options.youth * 2 ** (-container.hours / options.youthHalfLifeHours);
      const promised = this.#promised[resource] / horizonsPerDay;
      const mostRisk = Math.min(options.mostRisk, options.mostRiskOfSmall * Math.max(1, ratio));
      return {
        exceeded: this.#prices[resource].price * unit * horizonsPerDay * young,
        deficit: options.deficit / this.#promised[resource],
        mostRisk: Math.min(0.5, mostRisk * promised),
        leastRisk: options.leastRisk * promised,
        regretWeight: Math.max(1, ratio) ** this.#options.regretScale,
      };
    };
    return { cpu: of('cpu'), memory: of('memory') };
  }
}
