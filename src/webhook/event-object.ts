import type { Connection } from '../cluster/connection.ts';
import { fieldsOf, itemsOf, textOf } from '../cluster/fields.ts';
import type { WorkloadKey } from '../core/workload.ts';
import type { PodOwner } from './pod.ts';

/** What an Event is about. `kubectl describe` finds it by its uid. */
export interface EventObject {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

// The controllers between a pod and its top one, which this may read in any case: it watches them.
const between: Readonly<Record<string, string>> = {
  ReplicaSet: '/apis/apps/v1/namespaces/@/replicasets/',
  Job: '/apis/batch/v1/namespaces/@/jobs/',
};

/** The top controller with its uid, found from the pod's own controller upwards; by its name alone where a step cannot be read. */
export async function eventObjectOf(
  workload: WorkloadKey,
  owner: PodOwner | undefined,
  connection: Pick<Connection, 'send'>,
): Promise<EventObject> {
  const { namespace, kind, name } = workload;
  if (kind === 'PersistentVolumeClaim') return claimObject(workload, connection);
  if (owner === undefined) return { apiVersion: kind === 'Pod' ? 'v1' : undefined, kind, namespace, name };
  if (owner.kind === kind && owner.name === name) return { ...workload, apiVersion: owner.apiVersion, uid: owner.uid };
  const folder = between[owner.kind]?.replace('@', encodeURIComponent(namespace));
  if (folder === undefined) return workload;
  const { status, body } = await connection.send('GET', `${folder}${encodeURIComponent(owner.name)}`);
  const above = status === 200 ? controllerIn(body) : undefined;
  return above?.kind === kind && above.name === name
    ? { ...workload, apiVersion: above.apiVersion, uid: above.uid }
    : workload;
}

/** A claim has no uid yet when it is admitted; where it may not be read, its name must do. */
async function claimObject(claim: WorkloadKey, connection: Pick<Connection, 'send'>): Promise<EventObject> {
  const { namespace, name } = claim;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/persistentvolumeclaims/${encodeURIComponent(name)}`;
  const { status, body } = await connection.send('GET', path);
  const uid = status === 200 ? textOf(fieldsOf(fieldsOf(body).metadata).uid) : undefined;
  return { ...claim, apiVersion: 'v1', uid };
}

function controllerIn(object: unknown): PodOwner | undefined {
  const owners = itemsOf(fieldsOf(fieldsOf(object).metadata).ownerReferences).map(fieldsOf);
  const owner = owners.find((one) => one.controller === true);
  const [kind, name] = [textOf(owner?.kind), textOf(owner?.name)];
  if (kind === undefined || name === undefined) return undefined;
  return { kind, name, apiVersion: textOf(owner?.apiVersion), uid: textOf(owner?.uid) };
}
