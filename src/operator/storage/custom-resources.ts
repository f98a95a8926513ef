import type { Connection } from '../../cluster/connection.ts';
import { type Fields, fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { expectSuccess } from '../lease.ts';

export const storageGroup = 'barograph.dev';
export const storageVersion = 'v1alpha1';
export const storageApiVersion = `${storageGroup}/${storageVersion}`;

/** The kinds by their plural. All are of the whole cluster: disks and pools are in no namespace. */
export const storageKinds = {
  diskhealths: 'DiskHealth',
  poolforecasts: 'PoolForecast',
  storageplans: 'StoragePlan',
} as const;

export type StoragePlural = keyof typeof storageKinds;

/** One object as the API server has it. */
export interface StoredObject {
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly createdSeconds: number;
  readonly spec: Fields;
  readonly status: Fields;
}

/** The objects of one kind that this made. Every method throws CLUSTER_UNREACHABLE for an answer that is no success. */
export interface ResourceStore {
  list(): Promise<StoredObject[]>;
  /** The object as it was created; undefined where there is one of that name. */
  create(name: string, spec: object | undefined): Promise<StoredObject | undefined>;
  /** False when somebody else wrote since `of` was read: nothing is changed then. */
  patchSpec(of: StoredObject, spec: object): Promise<boolean>;
  /** The status is the operator's alone: whatever is there is laid over. */
  patchStatus(name: string, status: object): Promise<void>;
  remove(name: string): Promise<void>;
}

const pageSize = 500;
/** On what the operator made: objects of others are nobody's business here. */
const ownLabel = { 'app.kubernetes.io/managed-by': 'barograph' } as const;
const ownSelector = encodeURIComponent('app.kubernetes.io/managed-by=barograph');

export function resourceStore(connection: Pick<Connection, 'send'>, plural: StoragePlural): ResourceStore {
  const folder = `/apis/${storageApiVersion}/${plural}`;
  const pathOf = (name: string): string => `${folder}/${encodeURIComponent(name)}`;
  return {
    async list() {
      const found: StoredObject[] = [];
      let more: string | undefined = '';
      while (more !== undefined) {
        const path: string = `${folder}?labelSelector=${ownSelector}&limit=${pageSize}${more === '' ? '' : `&continue=${encodeURIComponent(more)}`}`;
        const answer = await connection.send('GET', path);
        expectSuccess(answer, folder);
        const { metadata, items } = fieldsOf(answer.body);
        found.push(...itemsOf(items).map(storedObject));
        more = textOf(fieldsOf(metadata).continue);
      }
      return found;
    },

    async create(name, spec) {
      const body = {
        apiVersion: storageApiVersion,
        kind: storageKinds[plural],
        metadata: { name, labels: ownLabel },
        ...(spec && { spec }),
      };
      const answer = await connection.send('POST', folder, body);
      if (answer.status === 409) return undefined;
      expectSuccess(answer, pathOf(name));
      return storedObject(answer.body);
    },

    async patchSpec({ name, version }, spec) {
      const answer = await connection.send('PATCH', pathOf(name), { metadata: { resourceVersion: version }, spec });
      if (answer.status === 409) return false;
      expectSuccess(answer, pathOf(name));
      return true;
    },

    async patchStatus(name, status) {
      expectSuccess(await connection.send('PATCH', `${pathOf(name)}/status`, { status }), pathOf(name));
    },

    async remove(name) {
      const answer = await connection.send('DELETE', pathOf(name));
      if (answer.status !== 404) expectSuccess(answer, pathOf(name));
    },
  };
}

function storedObject(object: unknown): StoredObject {
  const { metadata, spec, status } = fieldsOf(object);
  const { name, uid, resourceVersion, creationTimestamp } = fieldsOf(metadata);
  return {
    name: textOf(name) ?? '',
    uid: textOf(uid) ?? '',
    version: textOf(resourceVersion) ?? '',
    createdSeconds: Date.parse(textOf(creationTimestamp) ?? '') / 1000,
    spec: fieldsOf(spec),
    status: fieldsOf(status),
  };
}
