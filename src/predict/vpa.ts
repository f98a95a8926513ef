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

/** Options of the recommender binary, with its defaults. */
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
  floors: { cpu: 25, memory: 250 * 1e6 },
};

/**
 * What the VPA keeps of one container: CPU samples and daily memory peaks in decaying histograms with a half-life of a day.
 * Source: k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1, pkg/recommender/model.
 */
export class VpaContainer {
  readonly cpu = new DecayingHistogram(vpaCpuBuckets, day);
  readonly memory = new DecayingHistogram(vpaMemoryBuckets, day);
  #samples = 0;
  #first: number | undefined;
  #last = Number.NEGATIVE_INFINITY;
  #lastCpu = Number.NEGATIVE_INFINITY;
  #lastMemory = Number.NEGATIVE_INFINITY;
  #windowEnd: number | undefined;
  #peak = 0;
  #oomPeak = 0;

  addCpu(timeSeconds: number, millicores: number): void {
    if (millicores < 0 || timeSeconds <= this.#lastCpu) return;
    this.#lastCpu = timeSeconds;
    this.cpu.add(millicores / 1000, sampleWeight.cpu, timeSeconds);
    this.#first = Math.min(this.#first ?? timeSeconds, timeSeconds);
    this.#last = Math.max(this.#last, timeSeconds);
    this.#samples += 1;
  }

  addMemory(timeSeconds: number, bytes: number): void {
    if (bytes > 0 && timeSeconds >= this.#lastMemory) this.#addPeak(timeSeconds, bytes, false);
  }

  /** An OOM kill while this was requested: what was used and a fifth (at least 100 MiB) more counts as a sample. */
  addOutOfMemory(timeSeconds: number, requestedBytes: number): void {
    const used = Math.max(requestedBytes, this.#peak);
    this.#addPeak(timeSeconds, Math.trunc(Math.max(used + leastBumpBytes, used * bumpRatio)), true);
  }

  /** Millicores and bytes; the interval between lower and upper narrows as history grows. */
  recommend(options: VpaOptions = vpaDefaults): PerResource<Recommendation> {
    const confidence = this.#confidence();
    const of = (histogram: DecayingHistogram, scale: number, floor: number): Recommendation => {
      const estimate = (share: number): number =>
        Math.trunc(Math.trunc(histogram.percentile(share) * scale) * (1 + options.marginFraction));
      const floored = (value: number): number => Math.max(Math.trunc(value), floor);
      return {
        // (1 + 0.001/confidence)^-2: 0.6 of the estimate after 5 minutes, 0.9 after half an hour, 0.99 after 6 h.
        lower: floored(estimate(options.lowerPercentile) * (1 + 0.001 / confidence) ** -2),
        target: floored(estimate(options.targetPercentile)),
        // (1 + 1/confidence): 3 times the estimate after 12 h, twice after a day, 1.14 times after a week.
        upper: floored(estimate(options.upperPercentile) * (1 + 1 / confidence)),
      };
    };
    return { cpu: of(this.cpu, 1000, options.floors.cpu), memory: of(this.memory, 1, options.floors.memory) };
  }

  #addPeak(timeSeconds: number, bytes: number, isOutOfMemory: boolean): void {
    this.#lastMemory = Math.max(this.#lastMemory, timeSeconds);
    let end = this.#windowEnd ?? timeSeconds;
    let isNewPeak = false;
    if (timeSeconds < end) {
      const held = Math.max(this.#peak, this.#oomPeak);
      if (held !== 0 && bytes > held) {
        this.memory.subtract(held, sampleWeight.memory, end);
        isNewPeak = true;
      }
    } else {
      end += Math.trunc((timeSeconds - end) / day) * day + day;
      this.#peak = 0;
      this.#oomPeak = 0;
      isNewPeak = true;
    }
    this.#windowEnd = end;
    if (isNewPeak) this.memory.add(bytes, sampleWeight.memory, end);
    if (isOutOfMemory) this.#oomPeak = Math.max(this.#oomPeak, bytes);
    else this.#peak = Math.max(this.#peak, bytes);
  }

  #confidence(): number {
    const lifespan = this.#first === undefined ? 0 : (this.#last - this.#first) / day;
    return Math.min(lifespan, this.#samples / (day / 60));
  }
}
