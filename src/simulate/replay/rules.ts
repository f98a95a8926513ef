import type { PromisedRisk } from '../policy.ts';

/**
 * How advice is followed. `updater`: by eviction, both resources together, when a request is outside the bounds, or more than 12 h after the last change
 * when the relative differences of both sum to at least a tenth (the rule of the VPA's updater v1.8.1). `inplace`: each resource on its own,
 * without bounds, when the relative difference is at least a tenth.
 */
export const variants = ['updater', 'inplace'] as const;

export type Variant = (typeof variants)[number];

/** A stretch of a replay, in steps: [from, to). */
export interface ReplayWindow {
  readonly name: 'scored' | 'cold';
  readonly from: number;
  readonly to: number;
}

export interface ReplayRules {
  readonly variant: Variant;
  readonly objective: PromisedRisk;
  readonly windows: readonly ReplayWindow[];
}

export const defaultObjective: PromisedRisk = { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 };

/** How often a policy is asked for all containers. */
export const askSeconds = 3600;
export const settleSeconds = 12 * 3600;
export const worthwhileShare = 0.1;

export function stepsPerDay(stepSeconds: number): number {
  return Math.floor(86_400 / stepSeconds);
}

/**
 * The first 24 h, and what follows the warm-up to the end. Between them policies only learn. A history that is no longer than the warm-up and a
 * day is warmed up for half of its length.
 */
export function windowsOf(steps: number, stepSeconds: number, warmUpSeconds: number): readonly ReplayWindow[] {
  const day = stepsPerDay(stepSeconds);
  const asked = Math.floor(warmUpSeconds / stepSeconds);
  const from = asked + day <= steps ? asked : Math.floor(steps / 2);
  return [
    { name: 'scored', from, to: steps },
    { name: 'cold', from: 0, to: Math.min(day, steps) },
  ];
}

/** Kubernetes quantities are whole millicores and bytes, rounded up; what is a millionth above a whole one is taken for it. */
export function wholeUp(value: number): number {
  return Math.ceil(value - 1e-6);
}
