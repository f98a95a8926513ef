import { workloadId } from '../core/workload.ts';
import type { ForecastLookup } from '../train/model-cache-view.ts';
import { type LoadParts, type PodLoad, podLoad } from './pod-load.ts';

interface Known {
  readonly parts: LoadParts;
  readonly load: PodLoad;
}

/**
 * Loads of pods that run, one for all pods of a workload that are alike: 200,000 pods of 20,000 workloads hold 20,000 sums and ask the model cache 20,000
 * times. Made anew for every Outlook, so that newer forecasts come in.
 */
export class WorkloadLoads {
  readonly #forecasts: ForecastLookup;
  readonly #steps: number;
  readonly #known = new Map<string, Known[]>();

  constructor(forecasts: ForecastLookup, steps: number) {
    this.#forecasts = forecasts;
    this.#steps = steps;
  }

  of(parts: LoadParts): PodLoad {
    if (parts.workload === undefined) return podLoad(parts, this.#forecasts, this.#steps);
    const id = workloadId(parts.workload);
    const alike = this.#known.get(id) ?? [];
    const found = alike.find((known) => isAlike(known.parts, parts));
    if (found !== undefined) return found.load;
    const load = podLoad(parts, this.#forecasts, this.#steps);
    this.#known.set(id, [{ parts, load }, ...alike].slice(0, mostVariants));
    return load;
  }
}

// During a rollout pods of two templates run side by side, and the webhook may size each anew.
const mostVariants = 8;

function isAlike(one: LoadParts, other: LoadParts): boolean {
  if (one.containers.length !== other.containers.length) return false;
  return one.containers.every(({ name, requests }, index) => {
    const same = other.containers[index];
    return same?.name === name && same.requests.cpu === requests.cpu && same.requests.memory === requests.memory;
  });
}
