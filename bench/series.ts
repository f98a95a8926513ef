import { noRepairs } from '../src/collect/repair.ts';
import type { UsageBatch } from '../src/collect/source.ts';
import type { TimeRange } from '../src/core/time-range.ts';

export const stepSeconds = 300;
export const stepsPerDay = 288;
/** A Thursday at 00:00 UTC. */
export const startSeconds = 19_670 * 86_400;

/** Made-up demand with a daily wave and noise, the same on every run: millicores around 250. */
export function demand(series: number, step: number): number {
  const wave = 1 + 0.5 * Math.sin(((step + 37 * series) / stepsPerDay) * 2 * Math.PI);
  return 250 * wave * (0.8 + 0.4 * unit(series * 7919 + step));
}

/** Usage of containers with one replica each, and of nodes that hold 20 of them, over whole steps. */
export function usage(containers: number, fromStep: number, steps: number): UsageBatch {
  const range: TimeRange = {
    startSeconds: startSeconds + fromStep * stepSeconds,
    endSeconds: startSeconds + (fromStep + steps) * stepSeconds,
    stepSeconds,
  };
  const times = Float64Array.from({ length: steps }, (_, i) => range.startSeconds + (i + 1) * stepSeconds);
  const column = (series: number, scale: number): Float64Array =>
    times.map((_, i) => demand(series, fromStep + i) * scale);
  const mebibyte = 2 ** 20;
  return {
    range,
    containers: Array.from({ length: containers }, (_, i) => ({
      key: { namespace: `team-${i % 50}`, kind: 'Deployment', name: `service-${i}`, container: 'app' },
      pod: `service-${i}-0`,
      node: `node-${Math.floor(i / 20)}`,
      times,
      cpuMillicores: column(i, 1),
      memoryBytes: column(i, mebibyte),
    })),
    nodes: Array.from({ length: Math.ceil(containers / 20) }, (_, i) => ({
      node: `node-${i}`,
      times,
      cpuMillicores: column(i, 30),
      memoryBytes: column(i, 30 * mebibyte),
    })),
    repairs: noRepairs(),
  };
}

/** A number in 0–1 from an integer: the fractional part of a large sine. */
function unit(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
}
