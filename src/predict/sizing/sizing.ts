import { frame, packNumbers, unframe, unpackDoubles } from '../../core/framing.ts';
import type { PerResource } from '../../core/resource.ts';
import { cheapest, costsOf, type Prices } from './choice.ts';
import type { ExceedanceCurve } from './curve.ts';
import { Demand } from './demand.ts';
import { demandOptions } from './demand-options.ts';
import { KeptRecord } from './kept-record.ts';
import type { SizingOptions } from './policy-options.ts';

const kind = 'sizing';
const version = 1;

/** Which request would be chosen now, and what it costs to stay with the present one, as a share of the cheapest. */
interface Proposal {
  readonly request: number;
  readonly regret: number;
}

/** A request is changed for its risk alone when that is so many times what may be chosen. */
const tooRisky = { young: 1.5, mature: 3 };
/** So that rounding does not make a least move less. */
const hair = 1.001;
/** Regret of what cannot stay. */
const certain = 1e9;

/** One container: what is known of its demand, and what it is to request. */
export class Sizing {
  readonly #options: SizingOptions;
  memory: Demand;
  cpu: Demand;
  readonly #record: KeptRecord;
  readonly #capacity: PerResource<number>;
  /** Undefined before the first decision. */
  targets: { cpu: number; memory: number } | undefined;
  hours = 0;
  #holdUntilHour = 0;
  #killedAt = 0;
  readonly #sums = { cpu: 0, memory: 0 };
  readonly #counts = { cpu: 0, memory: 0 };

  constructor(options: SizingOptions, capacity: PerResource<number>) {
    this.#options = options;
    this.#capacity = capacity;
    this.memory = new Demand(demandOptions.memory);
    this.cpu = new Demand(demandOptions.cpu);
    this.#record = new KeptRecord(options.recordHalfLifeHours, options.recordWordCases);
  }

  /** Whether enough is known of it to hold its kills against the promise. */
  get isMature(): boolean {
    return this.hours >= this.#options.matureHours;
  }

  /** What it uses on average; undefined before the first sample. */
  meanUse(resource: 'cpu' | 'memory'): number | undefined {
    const count = this.#counts[resource];
    return count > 0 ? this.#sums[resource] / count : undefined;
  }

  /** One step; NaN where there is no sample. */
  observe({ cpu, memory }: PerResource<number>, isKilled: boolean): void {
    if (cpu >= 0) {
      this.cpu.observe(cpu);
      this.#sums.cpu += cpu;
      this.#counts.cpu += 1;
    }
    if (memory >= 0) {
      this.memory.observe(isKilled ? memory * this.#options.killBump : memory);
      this.#sums.memory += memory;
      this.#counts.memory += 1;
    }
    if (isKilled) this.#killedAt = memory;
  }

  closeHour(): void {
    const curve = this.cpu.curve;
    const open = this.cpu.open;
    if (curve !== undefined && open.length > 0) {
      // Half of the bucket lies above the sample on average.
      this.#record.add(open.map((bucket) => ((curve[bucket] ?? 0) + (bucket > 0 ? (curve[bucket - 1] ?? 1) : 1)) / 2));
    }
    this.memory.closeHour();
    this.cpu.closeHour();
    this.hours += 1;
  }

  /** Decides at the end of an hour. */
  decide(prices: PerResource<Prices>): void {
    const memory = this.#propose('memory', prices.memory);
    const cpu = this.#propose('cpu', prices.cpu);
    if (memory === undefined || cpu === undefined) return;
    const held = this.targets;
    if (held === undefined) {
      this.targets = { cpu: cpu.request, memory: memory.request };
      return;
    }
    const isHeld = memory.request < held.memory && this.hours < this.#holdUntilHour;
    const moves = { cpu: this.#isMove(held.cpu, cpu), memory: !isHeld && this.#isMove(held.memory, memory) };
    const regret =
      (moves.cpu ? cpu.regret * prices.cpu.regretWeight : 0) +
      (moves.memory ? memory.regret * prices.memory.regretWeight : 0);
    if (regret <= this.#options.regret) return;
    this.targets = {
      cpu: moves.cpu ? cpu.request : held.cpu,
      memory: moves.memory ? memory.request : held.memory,
    };
  }

  /** Small differences are not worth a change, and are not carried out where requests are changed in place. */
  #isMove(held: number, { request, regret }: Proposal): boolean {
    return regret > this.#options.rideRegret && Math.abs(request - held) >= this.#options.leastMove * held;
  }

  /** Decides at once after a kill: what is exceeded by chance, given that the limit was. */
  answerKill(prices: PerResource<Prices>): void {
    const { killBump, killHours, holdHours } = this.#options;
    const limit = this.#killedAt;
    const least = limit * killBump;
    const curve = this.memory.curve;
    const request =
      curve === undefined ? least : afterKill(this.memory, curve, limit, prices.memory.exceeded, killHours);
    const memory = Math.min(Math.max(least, request), Math.max(this.#capacity.memory, least));
    const cpu = this.#propose('cpu', prices.cpu)?.request ?? this.targets?.cpu ?? this.#capacity.cpu;
    this.targets = { cpu, memory };
    this.#holdUntilHour = this.hours + holdHours;
  }

  save(): Uint8Array {
    const { cpu = Number.NaN, memory = Number.NaN } = this.targets ?? {};
    const scalars = [cpu, memory, this.hours, this.#holdUntilHour, this.#killedAt];
    const uses = [this.#sums.cpu, this.#sums.memory, this.#counts.cpu, this.#counts.memory];
    const numbers = packNumbers(Float64Array.of(...scalars, ...uses));
    return frame(kind, version, [numbers, packNumbers(this.#record.save()), this.memory.save(), this.cpu.save()]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged. */
  load(bytes: Uint8Array): this {
    const [numbers, record, memory, cpu] = unframe(kind, version, bytes);
    const none = new Uint8Array(0);
    const restored = {
      memory: Demand.restore(demandOptions.memory, memory ?? none),
      cpu: Demand.restore(demandOptions.cpu, cpu ?? none),
    };
    const [cpuTarget = Number.NaN, memoryTarget = Number.NaN, hours = 0, hold = 0, killedAt = 0, ...uses] =
      unpackDoubles(kind, numbers, 9);
    this.#record.load(unpackDoubles(kind, record));
    this.memory = restored.memory;
    this.cpu = restored.cpu;
    this.targets = Number.isNaN(cpuTarget) ? undefined : { cpu: cpuTarget, memory: memoryTarget };
    this.hours = hours;
    this.#holdUntilHour = hold;
    this.#killedAt = killedAt;
    [this.#sums.cpu = 0, this.#sums.memory = 0, this.#counts.cpu = 0, this.#counts.memory = 0] = uses;
    return this;
  }

  #propose(resource: 'cpu' | 'memory', prices: Prices): Proposal | undefined {
    const { curve, options } = this[resource];
    if (curve === undefined) return undefined;
    const { grid } = options;
    const worth = resource === 'cpu' ? curve.map((chance) => this.#record.worthOf(chance)) : curve;
    const costs = costsOf(grid, worth, prices);
    const { bucket, cost } = cheapest(worth, costs, prices);
    const most = resource === 'memory' ? this.#capacity.memory : Number.POSITIVE_INFINITY;
    const request = Math.min(this[resource].requestFor(bucket), most);
    const held = this.targets?.[resource];
    if (held === undefined) return { request, regret: certain };
    const at = this[resource].bucketHeldBy(held);
    const isTooRisky =
      request > held && (worth[at] ?? 0) > tooRisky[this.isMature ? 'mature' : 'young'] * prices.mostRisk;
    // What is too risky is raised by enough to be carried out.
    const least = isTooRisky ? Math.min(most, held * (1 + this.#options.leastMove) * hair) : 0;
    return { request: Math.max(request, least), regret: isTooRisky ? certain : ((costs[at] ?? 0) - cost) / cost };
  }
}

/** The cheapest request for so many hours after a kill: what the curve gives to more than it, given that the limit was exceeded. */
function afterKill(demand: Demand, curve: ExceedanceCurve, limit: number, exceeded: number, hours: number): number {
  const { grid, horizonHours } = demand.options;
  const from = grid.bucketOf(limit);
  const given = Math.max(curve[from] ?? 0, 1e-9);
  let [best, cost] = [from, Number.POSITIVE_INFINITY];
  for (let bucket = from + 1; bucket < grid.count; bucket += 1) {
    const risk = (curve[bucket] ?? 0) / given;
    const here = (grid.ends[bucket] ?? 0) * hours + exceeded * horizonHours * risk;
    if (here < cost) [best, cost] = [bucket, here];
  }
  return grid.ends[best] ?? limit;
}
