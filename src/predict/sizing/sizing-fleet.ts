import { frame, packNumbers, unframe, unpackDoubles } from '../../core/framing.ts';
import type { PerResource, Resource } from '../../core/resource.ts';
import type { Prices } from './choice.ts';
import { FleetPrice } from './fleet-price.ts';
import type { PricingOptions, SizingOptions } from './policy-options.ts';
import { Sizing } from './sizing.ts';

const kind = 'sizing-fleet';
const version = 2;
const hourSeconds = 3600;
const hoursPerDay = 24;
/** An hour of windows, all as promised, weighs as much as this many promised events. */
const stepEvents = 2 / hoursPerDay;

export interface SizingFleetOptions {
  readonly stepSeconds: number;
  /** The shares of steps (CPU) and of days (memory, kills) that are promised. */
  readonly promised: PerResource<number>;
  readonly sizing: SizingOptions;
}

/** What happened to those who are old enough to be held against the promise, and what was promised for as long. */
export interface FleetRecord {
  readonly steps: number;
  readonly exceeded: number;
  readonly days: number;
  readonly kills: number;
}

/**
 * Decides what a fleet requests, once an hour and after each kill. Risk is bought where it saves most: every container weighs its request
 * against the same price of an exceedance, and the price is steered until the fleet keeps its promise. Steps come in ascending time: begin(),
 * observe() for every container and replica, end().
 */
export class SizingFleet {
  readonly #options: SizingFleetOptions;
  readonly #prices: PerResource<FleetPrice>;
  readonly #containers = new Map<string, Sizing>();
  #hourEnds: number | undefined;
  #means: PerResource<number> | undefined;
  /** Of the open hour, and of all time. */
  readonly #since = { steps: 0, exceeded: 0, days: 0, kills: 0 };
  readonly #ever = { steps: 0, exceeded: 0, days: 0, kills: 0 };
  #killed: Sizing[] = [];

  constructor(options: SizingFleetOptions) {
    this.#options = options;
    const begin = (resource: Resource): FleetPrice => {
      const { price, gainPerDay } = options.sizing[resource];
      return new FleetPrice(price / options.promised[resource], gainPerDay);
    };
    this.#prices = { cpu: begin('cpu'), memory: begin('memory') };
  }

  /** End of the open hour, unix seconds; undefined before the first step. */
  get hourEnds(): number | undefined {
    return this.#hourEnds;
  }

  get promised(): PerResource<number> {
    return this.#options.promised;
  }

  /** Promised against realised, since ever. */
  get record(): FleetRecord {
    return this.#ever;
  }

  /** A container by its id, new where it is not known. Without a capacity nothing bounds what it may request. */
  add(id: string, capacity?: PerResource<number>): Sizing {
    const held = this.#containers.get(id);
    if (held !== undefined) return held;
    const made = new Sizing(this.#options.sizing, staggerOf(id), capacity);
    this.#containers.set(id, made);
    return made;
  }

  get(id: string): Sizing | undefined {
    return this.#containers.get(id);
  }

  remove(id: string): void {
    this.#containers.delete(id);
  }

  /** A step that begins after the open hour belongs to a later one: the hour is closed without it. */
  begin(timeSeconds: number): void {
    const began = timeSeconds - this.#options.stepSeconds;
    this.#hourEnds ??= began + hourSeconds;
    if (began >= this.#hourEnds) this.#endHour(began);
  }

  /** One step of one replica, NaN where there is no sample; the memory of one that was killed is the limit that it hit. */
  observe(container: Sizing, use: PerResource<number>, isKilled: boolean): void {
    const { held, isMature, spent } = container;
    const hasRunOut = container.observe(use, isKilled);
    if (hasRunOut) this.#killed.push(container);
    const days = use.memory >= 0 ? this.#options.stepSeconds / (hoursPerDay * hourSeconds) : 0;
    spent.memory.add(days, hasRunOut ? 1 : 0);
    if (isMature) this.#since.days += days;
    if (held === undefined || !(use.cpu >= 0 && held.cpu >= 0)) return;
    const exceeded = use.cpu > held.cpu ? 1 : 0;
    spent.cpu.add(1, exceeded);
    if (!isMature) return;
    this.#since.steps += 1;
    this.#since.exceeded += exceeded;
  }

  end(timeSeconds: number): void {
    if (timeSeconds >= (this.#hourEnds ?? Number.POSITIVE_INFINITY)) this.#endHour(timeSeconds);
    const killed = this.#killed;
    this.#killed = [];
    for (const container of killed) {
      if (container.isMature) this.#since.kills += 1;
      container.answerKill(this.#pricesFor(container, this.#means ?? this.#meanUses()));
    }
  }

  /** All but the containers, which are saved one by one, with a version and a checksum. */
  save(): Uint8Array {
    const of = ({ steps, exceeded, days, kills }: FleetRecord): number[] => [steps, exceeded, days, kills];
    const { cpu = Number.NaN, memory = Number.NaN } = this.#means ?? {};
    const factors = [this.#prices.cpu.logFactor, this.#prices.memory.logFactor];
    const { promised } = this.#options;
    const scalars = [this.#hourEnds ?? Number.NaN, cpu, memory, promised.cpu, promised.memory];
    const numbers = Float64Array.of(...scalars, ...factors, ...of(this.#since), ...of(this.#ever));
    return frame(kind, version, [packNumbers(numbers)]);
  }

  /** Takes back what save gave. Throws OUTLOOK_INVALID when it is damaged. Prices of another promise are left: they begin anew. */
  load(bytes: Uint8Array): this {
    const [numbers] = unframe(kind, version, bytes);
    const [hourEnds = Number.NaN, cpu = Number.NaN, memory = Number.NaN, promisedCpu, promisedMemory, ...rest] =
      unpackDoubles(kind, numbers, 15);
    this.#hourEnds = Number.isNaN(hourEnds) ? undefined : hourEnds;
    this.#means = Number.isNaN(cpu) ? undefined : { cpu, memory };
    const { promised } = this.#options;
    if (promisedCpu !== promised.cpu || promisedMemory !== promised.memory) return this;
    const [cpuFactor = 0, memoryFactor = 0, ...records] = rest;
    this.#prices.cpu.load(cpuFactor);
    this.#prices.memory.load(memoryFactor);
    for (const [i, record] of [this.#since, this.#ever].entries()) {
      const [steps = 0, exceeded = 0, days = 0, kills = 0] = records.slice(4 * i);
      Object.assign(record, { steps, exceeded, days, kills });
    }
    return this;
  }

  #endHour(nowSeconds: number): void {
    const began = (this.#hourEnds ?? nowSeconds) - hourSeconds;
    const hours = Math.max(1, Math.floor((nowSeconds - began) / hourSeconds));
    this.#hourEnds = began + (hours + 1) * hourSeconds;
    for (const container of this.#containers.values()) container.closeHour();
    this.#steer();
    const means = this.#meanUses();
    this.#means = means;
    for (const container of this.#containers.values()) container.decide(this.#pricesFor(container, means));
  }

  #steer(): void {
    const { exceeded, steps, kills, days } = this.#since;
    const { promised, sizing } = this.#options;
    const { cpu, memory } = sizing;
    const inDays = 1 / hoursPerDay;
    this.#prices.memory.steer(kills, memory.aim * promised.memory * days, inDays);
    // In shares of the promise: windows follow each other too closely to count as events of their own.
    if (steps > 0)
      this.#prices.cpu.steer((exceeded / steps / (cpu.aim * promised.cpu)) * stepEvents, stepEvents, inDays);
    for (const key of ['steps', 'exceeded', 'days', 'kills'] as const) {
      this.#ever[key] += this.#since[key];
      this.#since[key] = 0;
    }
  }

  #meanUses(): PerResource<number> {
    const mean = (resource: Resource): number => {
      let [sum, count] = [0, 0];
      for (const container of this.#containers.values()) {
        const use = container.meanUse(resource);
        if (use === undefined) continue;
        sum += use;
        count += 1;
      }
      return sum / Math.max(1, count);
    };
    return { cpu: mean('cpu'), memory: mean('memory') };
  }

  #pricesFor(container: Sizing, means: PerResource<number>): PerResource<Prices> {
    const { promised, sizing } = this.#options;
    const of = (resource: Resource): Prices => {
      const options = sizing[resource];
      const { grid, horizonHours, outcome } = sizing.demand[resource];
      // What is promised a day is promised to the horizon in proportion; what is promised of steps holds for each.
      const horizonsPerDay = outcome === 'highest' ? hoursPerDay / horizonHours : 1;
      const own = Math.max(container.meanUse(resource) ?? 0, grid.first);
      const ratio = own / Math.max(means[resource], grid.first);
      const unit = own * ratio ** (options.ownScale - 1);
      const young = 1 + options.youth * 2 ** (-container.hours / options.youthHalfLifeHours);
      const risk = promised[resource] / horizonsPerDay;
      const spent = container.spent[resource].of(promised[resource]);
      const mostRisk = Math.min(options.mostRisk, options.mostRiskOfSmall * Math.max(1, ratio));
      return {
        exceeded: this.#prices[resource].price * unit * horizonsPerDay * young,
        deficit: options.deficit / promised[resource],
        mostRisk: Math.min(0.5, mostRisk * restraintOf(options, spent) * risk),
        leastRisk: options.leastRisk * risk,
        regretWeight: Math.max(1, ratio) ** sizing.regretScale,
      };
    };
    return { cpu: of('cpu'), memory: of('memory') };
  }
}

/** How much of the most risk may be taken by who has used up so much of the promise: all, less and less, or what is left to those who used up more. */
function restraintOf({ restraintFrom, restraintTo, restraint }: PricingOptions, spent: number): number {
  if (restraint >= 1 || spent <= restraintFrom) return 1;
  const share = Math.min(1, (spent - restraintFrom) / (restraintTo - restraintFrom));
  return restraint ** share;
}

/** When in its period a container is renewed: spread evenly by id, the same on every run (FNV-1a). */
function staggerOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
