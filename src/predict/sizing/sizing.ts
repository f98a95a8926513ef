import { frame, packNumbers, unframe, unpackDoubles } from '../../core/framing.ts';
import type { PerResource, Resource } from '../../core/resource.ts';
import { requestAfterKill } from './after-kill.ts';
import { cheapest, costsOf, type Prices } from './choice.ts';
import { Demand } from './demand.ts';
import { KeptRecord } from './kept-record.ts';
import type { SizingOptions } from './policy-options.ts';
import { Spent } from './spent.ts';
import { Standing } from './standing.ts';

const kind = 'sizing';
const version = 3;

/** Which request would be chosen now, and what it costs to stay with the present one, as a share of the cheapest. */
interface Proposal {
  readonly request: number;
  readonly regret: number;
}

/** A request is changed for its risk alone when that is so many times what may be chosen. */
const tooRisky = { young: 1.5, mature: 3 };
/** CPU beyond the highest value seen, as a share of it; once more as much in the first hours, halving with each such time. */
const mostGrowth = 1.25;
const youthHours = 12;
/** So that rounding does not make a least move less. */
const hair = 1.001;
/** Regret of what cannot stay. */
const certain = 1e9;

/** One container: what is known of its demand, and what it is to request. */
export class Sizing {
  readonly #options: SizingOptions;
  readonly #capacity: PerResource<number>;
  readonly #record: KeptRecord;
  readonly #standing: Standing;
  demand: PerResource<Demand>;
  /** What is to be requested from now on, NaN of what was never measured; undefined before the first decision. */
  targets: PerResource<number> | undefined;
  hours = 0;
  #holdUntilHour = 0;
  #killedAt = 0;
  readonly #sums = { cpu: 0, memory: 0 };
  readonly #counts = { cpu: 0, memory: 0 };
  /** What it used up of its promise: steps of CPU, days of memory. */
  readonly spent: PerResource<Spent>;

  /** `stagger` (0–1) says when in its period its request is renewed; without a capacity nothing bounds it. */
  constructor(options: SizingOptions, stagger = 0, capacity: PerResource<number> = boundless) {
    const { demand } = options;
    this.#options = options;
    this.#capacity = capacity;
    this.#record = new KeptRecord(options.recordHalfLifeHours, options.recordWordCases);
    const { spentHalfLifeHours, cpu, memory } = options;
    this.spent = {
      cpu: new Spent(spentHalfLifeHours, cpu.spentPrior),
      memory: new Spent(spentHalfLifeHours, memory.spentPrior),
    };
    this.#standing = new Standing(options.renewedHours, stagger);
    this.demand = { cpu: new Demand(demand.cpu), memory: new Demand(demand.memory) };
  }

  /** Whether enough is known of it to hold its exceedances against the promise. */
  get isMature(): boolean {
    return this.hours >= this.#options.matureHours;
  }

  /** What a container that follows has now, as far as is known: the newest target, or that of when it was last renewed. */
  get held(): PerResource<number> | undefined {
    return this.#standing.requests;
  }

  /** What it uses on average; undefined before the first sample. */
  meanUse(resource: Resource): number | undefined {
    const count = this.#counts[resource];
    return count > 0 ? this.#sums[resource] / count : undefined;
  }

  /** One step of one replica, NaN where there is no sample. Says whether its memory ran out: it was killed, or used more than it would have had. */
  observe({ cpu, memory }: PerResource<number>, isKilled: boolean): boolean {
    if (cpu >= 0) {
      this.demand.cpu.observe(cpu);
      this.#sums.cpu += cpu;
      this.#counts.cpu += 1;
    }
    if (!(memory >= 0)) return false;
    this.demand.memory.observe(isKilled ? memory * this.#options.killBump : memory);
    this.#sums.memory += memory;
    this.#counts.memory += 1;
    if (!isKilled && !(memory > (this.held?.memory ?? Number.NaN))) return false;
    this.#killedAt = memory;
    return this.#standing.runOut();
  }

  closeHour(): void {
    const { open } = this.demand.cpu;
    if (open.length > 0) {
      const chances = this.#standing.chancesOf(open) ?? [];
      if (chances.length > 0) this.#record.add(chances);
    }
    this.demand.memory.closeHour();
    this.demand.cpu.closeHour();
    this.spent.cpu.closeHour();
    this.spent.memory.closeHour();
    this.hours += 1;
  }

  /** Decides at the end of an hour. */
  decide(prices: PerResource<Prices>): void {
    const memory = this.#propose('memory', prices.memory);
    const cpu = this.#propose('cpu', prices.cpu);
    if (memory === undefined && cpu === undefined) return;
    this.targets = this.#chosen({ cpu: cpu ?? unknown, memory: memory ?? unknown }, prices);
    this.#standing.follow(this.hours, this.targets, this.demand.cpu.part);
  }

  /** Decides at once after a kill: what is exceeded by chance, given that the limit was. */
  answerKill(prices: PerResource<Prices>): void {
    const { killBump, killHours, holdHours } = this.#options;
    const limit = this.#killedAt;
    const least = limit * killBump;
    const request = requestAfterKill(this.demand.memory, limit, prices.memory.exceeded, killHours) ?? least;
    const memory = Math.min(Math.max(least, request), Math.max(this.#capacity.memory, least));
    const cpu = this.#propose('cpu', prices.cpu)?.request ?? this.targets?.cpu ?? this.#capacity.cpu;
    this.targets = { cpu: Number.isFinite(cpu) ? cpu : Number.NaN, memory };
    this.#standing.answer(this.targets);
    this.#holdUntilHour = this.hours + holdHours;
  }

  save(): Uint8Array {
    const { cpu = Number.NaN, memory = Number.NaN } = this.targets ?? {};
    const scalars = [cpu, memory, this.hours, this.#holdUntilHour, this.#killedAt];
    const sums = [this.#sums.cpu, this.#sums.memory, this.#counts.cpu, this.#counts.memory];
    const uses = [...sums, ...this.spent.cpu.save(), ...this.spent.memory.save()];
    const numbers = packNumbers(Float64Array.of(...scalars, ...uses));
    const record = packNumbers(this.#record.save());
    return frame(kind, version, [
      numbers,
      record,
      ...this.#standing.save(),
      this.demand.memory.save(),
      this.demand.cpu.save(),
    ]);
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged or made with other options. */
  load(bytes: Uint8Array): this {
    const [numbers, record, standing, curve, memory, cpu] = unframe(kind, version, bytes);
    const none = new Uint8Array(0);
    const { demand } = this.#options;
    const restored = {
      memory: Demand.restore(demand.memory, memory ?? none),
      cpu: Demand.restore(demand.cpu, cpu ?? none),
    };
    const [cpuTarget = Number.NaN, memoryTarget = Number.NaN, hours = 0, hold = 0, killedAt = 0, ...uses] =
      unpackDoubles(kind, numbers, 13);
    this.#record.load(unpackDoubles(kind, record));
    this.#standing.load(unpackDoubles(kind, standing), curve ?? none);
    this.demand = restored;
    const isKnown = !(Number.isNaN(cpuTarget) && Number.isNaN(memoryTarget));
    this.targets = isKnown ? { cpu: cpuTarget, memory: memoryTarget } : undefined;
    this.hours = hours;
    this.#holdUntilHour = hold;
    this.#killedAt = killedAt;
    [this.#sums.cpu = 0, this.#sums.memory = 0, this.#counts.cpu = 0, this.#counts.memory = 0] = uses;
    this.spent.cpu.load(uses.slice(4));
    this.spent.memory.load(uses.slice(6));
    return this;
  }

  /** What changes: where containers are renewed one by one, always the newest; where they are changed as they run, only what is worth a change. */
  #chosen({ cpu, memory }: PerResource<Proposal>, prices: PerResource<Prices>): PerResource<number> {
    const newest = { cpu: cpu.request, memory: memory.request };
    const before = this.targets;
    if (before === undefined) return newest;
    const isHeld = memory.request < before.memory && this.hours < this.#holdUntilHour;
    if (this.#options.renewedHours > 1) return { cpu: cpu.request, memory: isHeld ? before.memory : memory.request };
    const moves = { cpu: this.#isMove(before.cpu, cpu), memory: !isHeld && this.#isMove(before.memory, memory) };
    const regret =
      (moves.cpu ? cpu.regret * prices.cpu.regretWeight : 0) +
      (moves.memory ? memory.regret * prices.memory.regretWeight : 0);
    if (regret <= this.#options.regret) return before;
    return { cpu: moves.cpu ? newest.cpu : before.cpu, memory: moves.memory ? newest.memory : before.memory };
  }

  /** Small differences are not worth a change, and are not carried out where requests are changed in place. */
  #isMove(held: number, { request, regret }: Proposal): boolean {
    if (Number.isNaN(held) || Number.isNaN(request)) return !Number.isNaN(request);
    return regret > this.#options.rideRegret && Math.abs(request - held) >= this.#options.leastMove * held;
  }

  /** A record of surprises asks for ever more: it gets no more than a part above what was ever seen, by so much more the less was. */
  #mostCpu(): number {
    return this.demand.cpu.most * (mostGrowth + 2 ** (-this.hours / youthHours));
  }

  #propose(resource: Resource, prices: Prices): Proposal | undefined {
    const demand = this.demand[resource];
    const { curve } = demand;
    if (curve === undefined) return undefined;
    const worth = resource === 'cpu' ? this.#record.worthOfAll(curve) : curve;
    const costs = costsOf(demand.options.grid, worth, prices);
    const { bucket, cost } = cheapest(worth, costs, prices);
    const most = resource === 'memory' ? this.#capacity.memory : this.#mostCpu();
    const request = Math.min(demand.requestFor(bucket), most);
    const held = this.targets?.[resource];
    if (held === undefined || Number.isNaN(held)) return { request, regret: certain };
    const at = demand.bucketHeldBy(held);
    const isTooRisky =
      request > held && (worth[at] ?? 0) > tooRisky[this.isMature ? 'mature' : 'young'] * prices.mostRisk;
    // What is too risky is raised by enough to be carried out.
    const least = isTooRisky ? Math.min(most, held * (1 + this.#options.leastMove) * hair) : 0;
    return { request: Math.max(request, least), regret: isTooRisky ? certain : ((costs[at] ?? 0) - cost) / cost };
  }
}

/** Of a resource that was never measured. */
const unknown: Proposal = { request: Number.NaN, regret: 0 };
const boundless = { cpu: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
