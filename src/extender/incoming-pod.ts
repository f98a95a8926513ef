import { fieldsOf, itemsOf } from '../cluster/fields.ts';
import { projectPod } from '../cluster/project-pod.ts';
import type { PodView } from '../cluster/view.ts';
import type { OwnerLookup } from '../core/workload.ts';

/** The pod of a call; undefined when it is not the shape of one: nothing is then decided by it. */
export function readPod(pod: unknown, owners: OwnerLookup): PodView | undefined {
  const containers = itemsOf(fieldsOf(fieldsOf(pod).spec).containers);
  if (containers.length === 0 || !containers.every((container) => typeof fieldsOf(container).name === 'string')) {
    return undefined;
  }
  return projectPod(pod, owners).view;
}
