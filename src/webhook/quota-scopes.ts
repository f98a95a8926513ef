import type { QuotaScope, QuotaView } from '../cluster/view.ts';
import type { AdmittedPod } from './pod.ts';

type Scoped = Pick<AdmittedPod, 'hasDeadline' | 'priorityClass'>;

/**
 * The quotas that count a pod once it is sized: one that has requests, which is not BestEffort whatever it was as written. A scope that is not known here is taken
 * to apply: a quota too many keeps a request low, one too few gets the pod refused. Source: podMatchesScopeFunc of Kubernetes.
 */
export function quotasOn(pod: Scoped, quotas: readonly QuotaView[]): readonly QuotaView[] {
  return quotas.filter(({ scopes = [] }) => scopes.every((scope) => isIn(pod, scope)));
}

function isIn({ hasDeadline, priorityClass }: Scoped, scope: QuotaScope): boolean {
  switch (scope.name) {
    case 'Terminating':
      return hasDeadline;
    case 'NotTerminating':
      return !hasDeadline;
    case 'BestEffort':
      return false;
    case 'PriorityClass':
      return hasClass(priorityClass, scope);
    default:
      return true;
  }
}

function hasClass(priorityClass: string | undefined, { operator, values }: QuotaScope): boolean {
  const isNamed = priorityClass !== undefined && values.includes(priorityClass);
  switch (operator) {
    case 'In':
      return isNamed;
    case 'NotIn':
      return !isNamed;
    case 'Exists':
      return priorityClass !== undefined;
    case 'DoesNotExist':
      return priorityClass === undefined;
  }
}
