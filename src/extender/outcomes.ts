export const extenderVerbs = ['filter', 'prioritize', 'preempt'] as const;

export type ExtenderVerb = (typeof extenderVerbs)[number];

export const extenderOutcomes = [
  /** Filter and preempt: every node stays. */
  'kept',
  /** Filter and preempt: some nodes were left out. */
  'refused',
  /** Filter and preempt: all nodes would have been left out, so none was. */
  'all-refused',
  /** Filter: some nodes were left out for disks that the pod's data would be on. */
  'disk-refused',
  /** Filter: such disks are forecast to fail on all nodes, so none was left out. */
  'disk-all-refused',
  'scored',
  'not-synced',
  'outlook-stale',
  'pod-unreadable',
  /** Refusing is switched off. */
  'off',
  /** The body was none of kube-scheduler's. */
  'invalid',
] as const;

export type ExtenderOutcome = (typeof extenderOutcomes)[number];
