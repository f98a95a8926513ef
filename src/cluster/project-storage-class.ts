import { fieldsOf, itemsOf, textOf, textsOf } from './fields.ts';
import { type NodeTerms, nodeTermsOf } from './node-terms.ts';
import type { StorageClassView } from './storage-view.ts';

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class';

/** A StorageClass of storage.k8s.io/v1. */
export function projectStorageClass(object: unknown): StorageClassView {
  const { metadata, provisioner, parameters, volumeBindingMode, allowedTopologies } = fieldsOf(object);
  const allowedNodes = allowedNodesOf(allowedTopologies);
  const { name, labels, annotations } = fieldsOf(metadata);
  return {
    name: textOf(name) ?? '',
    provisioner: textOf(provisioner) ?? '',
    parameters: textsOf(parameters),
    bindsLate: volumeBindingMode === 'WaitForFirstConsumer',
    isDefault: fieldsOf(annotations)[defaultAnnotation] === 'true',
    labels: textsOf(labels, isOurs),
    annotations: textsOf(annotations, isOurs),
    ...(allowedNodes === undefined ? {} : { allowedNodes }),
  };
}

function isOurs(key: string): boolean {
  return key.startsWith('barograph.dev/');
}

/** A TopologySelectorTerm is a term of a node selector whose expressions are all `In`. */
function allowedNodesOf(topologies: unknown): NodeTerms | undefined {
  const terms = itemsOf(topologies);
  if (terms.length === 0) return undefined;
  return nodeTermsOf({
    nodeSelectorTerms: terms.map((term) => ({
      matchExpressions: itemsOf(fieldsOf(term).matchLabelExpressions).map((expression) => ({
        ...fieldsOf(expression),
        operator: 'In',
      })),
    })),
  });
}
