import type { AdmittedPod } from './pod.ts';
import type { ResourcesOf } from './pod-sum.ts';
import type { SizedContainer } from './sized-container.ts';
import type { Written } from './written.ts';

/** A pod with what its containers shall have. */
export interface Plan {
  readonly pod: AdmittedPod;
  readonly written: Written;
  readonly sized: readonly SizedContainer[];
}

/** Reads what the plan gives each container; init containers have what was written. */
export function resourcesIn({ written, sized }: Plan): ResourcesOf {
  const planned = new Map(sized.map((container) => [container.pointer, container.after]));
  return (pointer) => planned.get(pointer) ?? written.containers.get(pointer);
}

/** Reads what each container came with. */
export function writtenIn({ written }: Plan): ResourcesOf {
  return (pointer) => written.containers.get(pointer);
}
