import { amountsOf } from './amounts.ts';
import { fieldsOf, itemsOf, textOf, textsOf } from './fields.ts';
import type { NodeView } from './view.ts';

/** A node and the operating system that pods find there. */
export interface NodeRecord {
  readonly view: NodeView;
  readonly operatingSystem: string;
}

/** A Node of v1. Schedulable means not cordoned: taints are judged against a pod's tolerations, which only the scheduler knows. */
export function projectNode(object: unknown): NodeRecord {
  const { metadata, spec, status } = fieldsOf(object);
  const labels = textsOf(fieldsOf(metadata).labels);
  const { addresses, allocatable, conditions, nodeInfo } = fieldsOf(status);
  const ready = itemsOf(conditions)
    .map(fieldsOf)
    .find((condition) => condition.type === 'Ready');
  return {
    view: {
      name: textOf(fieldsOf(metadata).name) ?? '',
      labels,
      allocatable: amountsOf(allocatable),
      schedulable: fieldsOf(spec).unschedulable !== true,
      ready: ready?.status === 'True',
      addresses: itemsOf(addresses).flatMap((one) => textOf(fieldsOf(one).address) ?? []),
    },
    operatingSystem: labels['kubernetes.io/os'] ?? textOf(fieldsOf(nodeInfo).operatingSystem) ?? 'linux',
  };
}
