import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Recommendation } from '../../src/core/resource.ts';
import { VpaContainer } from '../../src/predict/vpa.ts';

/** Seconds, millicores, bytes, request at an OOM kill. */
type Step = readonly [number, number | null, number | null, number | null];

interface Run {
  readonly title: string;
  readonly containers: readonly (readonly Step[])[];
  readonly recommendations: readonly {
    readonly afterStep: number;
    readonly cpu: Recommendation;
    readonly memory: Recommendation;
  }[];
}

const runs = JSON.parse(
  readFileSync(new URL('./fixtures/recommender.json', import.meta.url), 'utf8'),
) as readonly Run[];

describe('aggregation and recommendation are those of the upstream VPA, to the millicore and byte', () => {
  test.each(runs)('$title', ({ containers, recommendations }) => {
    for (const { afterStep, cpu, memory } of recommendations) {
      const merged = new VpaContainer();
      for (const steps of containers) merged.merge(fed(steps.slice(0, afterStep)));
      expect(merged.recommend(), `after step ${afterStep}`).toEqual({ cpu, memory });
    }
  });
});

test('without a sample the VPA recommends its floors', () => {
  expect(new VpaContainer().recommend()).toEqual({
    cpu: { lower: 25, target: 25, upper: 25 },
    memory: { lower: 250 * 2 ** 20, target: 250 * 2 ** 20, upper: 250 * 2 ** 20 },
  });
});

function fed(steps: readonly Step[]): VpaContainer {
  const container = new VpaContainer();
  for (const [time, millicores, bytes, requested] of steps) {
    if (millicores !== null) container.addCpu(time, millicores);
    if (bytes !== null) container.addMemory(time, bytes);
    if (requested !== null) container.addOutOfMemory(time, requested);
  }
  return container;
}
