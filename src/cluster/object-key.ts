import { fieldsOf, textOf } from './fields.ts';

/** `namespace/name`, or `name` for what has no namespace. */
export function objectKey(object: unknown): string {
  const { namespace, name } = fieldsOf(fieldsOf(object).metadata);
  const own = textOf(name) ?? '';
  const within = textOf(namespace);
  return within === undefined ? own : `${within}/${own}`;
}
