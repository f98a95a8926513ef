import { controllerOf, type OwnerReference } from '../core/workload.ts';
import { fieldsOf, itemsOf, textOf } from './fields.ts';

/** The controller of a ReplicaSet or Job, from its metadata alone. */
export interface Owned {
  readonly owner: OwnerReference | undefined;
}

export function projectOwner(object: unknown): Owned {
  const owner = controllerOf(ownersOf(object));
  return { owner: owner === undefined ? undefined : { kind: owner.kind, name: owner.name, controller: true } };
}

/** The owner references of any object. */
export function ownersOf(object: unknown): readonly OwnerReference[] {
  return itemsOf(fieldsOf(fieldsOf(object).metadata).ownerReferences).flatMap((item) => {
    const { kind, name, controller } = fieldsOf(item);
    const [ofKind, ofName] = [textOf(kind), textOf(name)];
    return ofKind && ofName ? [{ kind: ofKind, name: ofName, controller: controller === true }] : [];
  });
}
