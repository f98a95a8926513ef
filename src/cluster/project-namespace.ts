import { fieldsOf, textOf, textsOf } from './fields.ts';
import type { NamespaceView } from './view.ts';

const prefixes = ['barograph.dev/', 'slo.barograph.dev/'];

/** A Namespace of v1. */
export function projectNamespace(object: unknown): NamespaceView {
  const { name, labels, annotations } = fieldsOf(fieldsOf(object).metadata);
  return {
    name: textOf(name) ?? '',
    labels: textsOf(labels),
    annotations: textsOf(annotations, (key) => prefixes.some((prefix) => key.startsWith(prefix))),
  };
}
