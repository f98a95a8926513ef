import type { PerResource } from '../core/resource.ts';

/** The risk that a policy is told to keep: neither more nor much less. */
export interface PromisedRisk {
  /** The largest share of steps in which CPU use may exceed the request. */
  readonly cpuExceeded: number;
  /** How many times a day memory use may exceed the request: OOM kills per container-day. */
  readonly memoryExceededPerDay: number;
}

/** A container that a policy recommends for. Its place in the list is its index in every array below. */
export interface PolicySeries {
  readonly id: string;
  /** What it requests before the policy acts: millicores and bytes. */
  readonly capacity: PerResource<number>;
}

export interface PolicySetup {
  readonly stepSeconds: number;
  readonly objective: PromisedRisk;
  readonly series: readonly PolicySeries[];
}

/** One step of all containers. The arrays belong to the caller and hold their values only during the call. */
export interface PolicyStep {
  /** The end of the measured interval, unix seconds. */
  readonly timeSeconds: number;
  /** CPU is the mean of the interval in millicores, memory its peak in bytes; NaN where there is no sample. */
  readonly usage: PerResource<Float64Array>;
  /** Indexes of those killed for using more memory than they requested: their memory is the limit they hit, the need is higher. */
  readonly killed: readonly number[];
}

/** One number for each container. */
export interface Advice {
  /** A request below it should be changed soon; NaN is 0. */
  readonly lower: Float64Array;
  /** What to request; NaN is no recommendation: leave as is. */
  readonly target: Float64Array;
  /** A request above it should be changed soon; NaN is infinite. */
  readonly upper: Float64Array;
}

/**
 * What decides requests. It sees steps in increasing time and knows no clock; whether and when its advice is followed it is not told, but for
 * the kills. Every implementation passes test/contract/policy.ts.
 */
export interface Policy {
  readonly name: string;
  observe(step: PolicyStep): void;
  /**
   * From all steps seen so far; asking changes nothing, however often it is done. Of a list of indexes only those are asked for, and others need
   * not be worked out. The arrays are the caller's.
   */
  recommend(only?: readonly number[]): PerResource<Advice>;
}

/** A policy that can be made for any containers. */
export interface PolicyKind {
  readonly name: string;
  readonly description: string;
  /** Whether what it says of a container depends on that container alone: then replays of many may be split over threads. */
  readonly isIndependent: boolean;
  create(setup: PolicySetup): Policy;
}

/** Advice for so many containers that says nothing yet. */
export function noAdvice(count: number): PerResource<Advice> {
  const none = (): Float64Array => new Float64Array(count).fill(Number.NaN);
  const advice = (): Advice => ({ lower: none(), target: none(), upper: none() });
  return { cpu: advice(), memory: advice() };
}
