import type { PerResource, Recommendation } from '../core/resource.ts';
import { DecayingHistogram } from './decaying-histogram.ts';

/** Weights below a thousandth of the lightest sample count as nothing. */
const epsilon = 0.001 * 0.1;
const day = 86_400;

/** The VPA's CPU buckets, in cores: from 0.01 up to 1,000, each 5 % wider than the one before. */
export const vpaCpuBuckets = { firstBucket: 0.01, ratio: 1.05, maxValue: 1000, epsilon } as const;
/** The VPA's memory buckets, in bytes: from 10 MB up to 1 TB. */
export const vpaMemoryBuckets = { firstBucket: 1e7, ratio: 1.05, maxValue: 1e12, epsilon } as const;

const sampleWeight: PerResource<number> = { cpu: 0.1, memory: 1 };
const bumpRatio = 1.2;
const leastBumpBytes = 100 * 2 ** 20;
const mostAmount = 1e14;

/** Options of the recommender binary, with its defaults. Floors in millicores and bytes. */
export interface VpaOptions {
  readonly targetPercentile: number;
  readonly lowerPercentile: number;
  readonly upperPercentile: number;
  readonly marginFraction: number;
  readonly floors: PerResource<number>;
}

export const vpaDefaults: VpaOptions = {
  targetPercentile: 0.9,
  lowerPercentile: 0.5,
  upperPercentile: 0.95,
  marginFraction: 0.15,
  floors: { cpu: 25, memory: 250 * 2 ** 20 },
};

/**
 * What the VPA keeps of one container: CPU samples and daily memory peaks in decaying histograms with a half-life of a day.
 * Source: k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1, pkg/recommender/model.
 */
export class VpaContainer {
  readonly cpu = new DecayingHistogram(vpaCpuBuckets, day);
  readonly memory = new DecayingHistogram(vpaMemoryBuckets, day);
  #samples = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #lastCpu = Number.NEGATIVE_INFINITY;
  #lastMemory = Number.NEGATIVE_INFINITY;
  #windowEnd: number | undefined;
  #peak = 0;
  #oomPeak = 0;

  /** Samples that are negative, or not later than the one before, are left out. */
  addCpu(timeSeconds: number, millicores: number): void {
    if (millicores < 0 || timeSeconds <= this.#lastCpu) return;
    this.#lastCpu = timeSeconds;
    this.cpu.add(amountOf(millicores) / 1000, sampleWeight.cpu, timeSeconds);
    this.#first = Math.min(this.#first, timeSeconds);
    this.#last = Math.max(this.#last, timeSeconds);
    this.#samples += 1;
  }

  addMemory(timeSeconds: number, bytes: number): void {
    if (bytes >= 0 && timeSeconds >= this.#lastMemory) this.#addPeak(timeSeconds, amountOf(bytes), false);
  }

  /**
   * An OOM kill while this was requested: what was used and a fifth (at least 100 MiB) more counts as a sample. One that lies more than a day
   * before the newest sample is left out.
   */
  addOutOfMemory(timeSeconds: number, requestedBytes: number): void {
    if (timeSeconds < this.#lastMemory - day) return;
    const used = Math.max(amountOf(requestedBytes), this.#peak);
    this.#addPeak(timeSeconds, Math.max(used + leastBumpBytes, amountOf(used * bumpRatio)), true);
  }

  /** Adds what another container of the same workload holds; its histograms' reference times may move. */
  merge(other: VpaContainer): void {
    this.cpu.merge(other.cpu);
    this.memory.merge(other.memory);
    this.#first = Math.min(this.#first, other.#first);
    this.#last = Math.max(this.#last, other.#last);
    this.#samples += other.#samples;
  }

  /** Millicores and bytes; the interval between lower and upper narrows as history grows. */
  recommend(options: VpaOptions = vpaDefaults): PerResource<Recommendation> {
    const { marginFraction, lowerPercentile, targetPercentile, upperPercentile } = options;
    const confidence = this.#confidence();
    const of = (histogram: DecayingHistogram, scale: number, floor: number): Recommendation => {
      const estimate = (share: number): number => {
        const base = amountOf(histogram.percentile(share) * scale);
        return base + amountOf(base * marginFraction);
      };
      return {
        // (1 + 0.001/confidence)^-2: 0.6 of the estimate after 5 minutes, 0.9 after half an hour, 0.99 after 6 h.
        lower: Math.max(floor, amountOf(estimate(lowerPercentile) * (1 + 0.001 / confidence) ** -2)),
        target: Math.max(floor, estimate(targetPercentile)),
        // (1 + 1/confidence): 3 times the estimate after 12 h, twice after a day, 1.14 times after a week.
        upper: Math.max(floor, amountOf(estimate(upperPercentile) * (1 + 1 / confidence))),
      };
    };
    return { cpu: of(this.cpu, 1000, options.floors.cpu), memory: of(this.memory, 1, options.floors.memory) };
  }

  #addPeak(timeSeconds: number, bytes: number, isOutOfMemory: boolean): void {
    this.#lastMemory = timeSeconds;
    const end = this.#windowEnd ?? timeSeconds;
    if (timeSeconds < end) {
      const held = Math.max(this.#peak, this.#oomPeak);
      if (held === 0 || bytes <= held) return;
      this.memory.subtract(held, sampleWeight.memory, end);
    } else {
      this.#windowEnd = end + Math.trunc((timeSeconds - end) / day) * day + day;
      this.#peak = 0;
      this.#oomPeak = 0;
    }
    this.memory.add(bytes, sampleWeight.memory, this.#windowEnd ?? end);
    if (isOutOfMemory) this.#oomPeak = bytes;
    else this.#peak = bytes;
  }

  // As VPA's getConfidence: days from the first to the last CPU sample, or as many as there are samples for at one a minute.
  #confidence(): number {
    const lifespan = this.#samples === 0 ? 0 : (this.#last - this.#first) / day;
    return Math.min(lifespan, this.#samples / (day / 60));
  }
}

/** As the VPA's resourceAmountFromFloat: whole, from 0 to 1e14. What is not a number (0 · ∞, no sample yet) is 0. */
function amountOf(value: number): number {
  return value > 0 ? Math.trunc(Math.min(mostAmount, value)) : 0;
}
