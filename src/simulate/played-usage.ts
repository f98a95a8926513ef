import type { PerResource } from '../core/resource.ts';
import { quantileOf, type Recording, valueAt } from './recording.ts';

/** Millicores and bytes at a time, unix seconds. */
export type Usage = (timeSeconds: number) => PerResource<number>;

export interface Played {
  readonly recording: Recording;
  /** When it begins to be played, unix seconds. */
  readonly playedFromSeconds: number;
  /** By how much it is moved against the hour of the day at which it was recorded. */
  readonly shiftSeconds: number;
}

export interface PlayedUsageOptions extends Played {
  /** What is used of `highMillicores` at the recording's 1st percentile. */
  readonly idleShare: number;
  /** What is used at its 99th. */
  readonly highMillicores: number;
  /** At the 99th percentile; 80 % of it at the 1st, for the recordings are of CPU alone. */
  readonly memoryBytes: number;
}

export interface PlayedUsage {
  readonly usage: Usage;
  /** At the recording's 95th percentile. */
  readonly usualHigh: PerResource<number>;
}

const highestShare = 1.2;

/** The course of a recording at the scale of a pod. What is recorded is the course; levels and memory are made up. */
export function playedUsage(options: PlayedUsageOptions): PlayedUsage {
  const { recording, idleShare, highMillicores, memoryBytes } = options;
  const course = courseOf(options);
  const at = (share: number): PerResource<number> => ({
    cpu: highMillicores * (idleShare + (1 - idleShare) * share),
    memory: memoryBytes * (0.8 + 0.2 * share),
  });
  return {
    usage: (timeSeconds) => at(course(timeSeconds)),
    usualHigh: at(shareOf(recording)(quantileOf(recording, 0.95))),
  };
}

/** 0 at a recording's 1st percentile, 1 at its 99th, at most 1.2: the highest of some are many times their 99th percentile. */
export function courseOf({ recording, playedFromSeconds, shiftSeconds }: Played): (timeSeconds: number) => number {
  const share = shareOf(recording);
  return (timeSeconds) => share(valueAt(recording, timeSeconds, playedFromSeconds, shiftSeconds));
}

function shareOf(recording: Recording): (value: number) => number {
  const [low, high] = [quantileOf(recording, 0.01), quantileOf(recording, 0.99)];
  const span = high > low ? high - low : 1;
  return (value) => Math.min(highestShare, Math.max(0, (value - low) / span));
}
