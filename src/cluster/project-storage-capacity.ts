import { amountOf } from './amounts.ts';
import type { StorageCapacityView } from './claim-view.ts';
import { fieldsOf, itemsOf, textOf } from './fields.ts';
import { type NodeTerms, nodeTermsOf } from './node-terms.ts';

/** A CSIStorageCapacity of storage.k8s.io/v1. */
export function projectStorageCapacity(object: unknown): StorageCapacityView {
  const { storageClassName, capacity, maximumVolumeSize, nodeTopology } = fieldsOf(object);
  return {
    storageClass: textOf(storageClassName) ?? '',
    nodes: nodesOf(nodeTopology),
    capacityBytes: amountOf(capacity, 'memory') ?? 0,
    largestBytes: amountOf(maximumVolumeSize, 'memory'),
  };
}

/** A label selector, as the terms of a node selector say the same. An empty one names all nodes. */
function nodesOf(selector: unknown): NodeTerms | undefined {
  if (typeof selector !== 'object' || selector === null) return undefined;
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const labels = Object.entries(fieldsOf(matchLabels)).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const expressions = [...labels, ...itemsOf(matchExpressions)];
  if (expressions.length === 0)
    expressions.push({ key: 'kubernetes.io/no-such-label', operator: 'DoesNotExist', values: [] });
  return nodeTermsOf({ nodeSelectorTerms: [{ matchExpressions: expressions }] });
}
