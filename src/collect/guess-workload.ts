import type { WorkloadKey } from '../core/workload.ts';

// What Kubernetes puts at the end of generated names: no vowels and no 0, 1, 3 (k8s.io/apimachinery/pkg/util/rand).
const letter = '[bcdfghjklmnpqrstvwxz2456789]';

const shapes: readonly (readonly [pattern: RegExp, kind: string])[] = [
  // A CronJob names its Jobs by the minute since 1970, a Job its pods by five letters.
  [new RegExp(`^(.+)-\\d{8,}-${letter}{5}$`), 'CronJob'],
  [new RegExp(`^(.+)-${letter}{6,10}-${letter}{5}$`), 'Deployment'],
  [/^(.+)-\d{1,5}$/, 'StatefulSet'],
  // Also a Job's or a bare ReplicaSet's pod: their names cannot be told apart.
  [new RegExp(`^(.+)-${letter}{5}$`), 'DaemonSet'],
];

/**
 * The workload of a pod by its name alone, for when nothing says who its controller is. A guess: `web-0` is taken for a StatefulSet's, `x-abcde` (of
 * generated letters) for a DaemonSet's; a name without such an end is a bare pod's.
 */
export function guessWorkload(namespace: string, pod: string): WorkloadKey {
  for (const [pattern, kind] of shapes) {
    const name = pattern.exec(pod)?.[1];
    if (name !== undefined) return { namespace, kind, name };
  }
  return { namespace, kind: 'Pod', name: pod };
}
