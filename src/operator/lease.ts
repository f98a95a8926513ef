import type { ApiAnswer, Connection } from '../cluster/connection.ts';
import { fieldsOf, textOf } from '../cluster/fields.ts';
import { BarographError } from '../core/errors.ts';

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** What a Lease says. */
export interface LeaseRecord {
  readonly holder: string | undefined;
  readonly seconds: number | undefined;
  /** As it was written, by whose clock ever. */
  readonly renewed: string | undefined;
  readonly transitions: number;
  /** The version of the object. */
  readonly version: string;
}

export interface LeaseWrite {
  /** What it is written over; undefined where there was no Lease. */
  readonly version: string | undefined;
  readonly identity: string;
  readonly seconds: number;
  readonly wallMilliseconds: number;
  /** How often it changed hands, when this write makes it do so; undefined when its holder renews it. */
  readonly transitions: number | undefined;
}

export interface LeaseStore {
  read(): Promise<{ readonly record: LeaseRecord | undefined }>;
  /** False when somebody else wrote meanwhile. */
  write(write: LeaseWrite): Promise<boolean>;
  release(version: string): Promise<void>;
}

/** A Lease of the API server. Throws CLUSTER_UNREACHABLE. */
export function leaseStore(connection: Pick<Connection, 'send'>, { namespace, name }: ObjectName): LeaseStore {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const path = `${leases}/${name}`;
  return {
    async read() {
      return { record: await readLease(connection, { namespace, name }) };
    },
    async write(write) {
      const answer =
        write.version === undefined
          ? await connection.send('POST', leases, { ...kind, metadata: { name, namespace }, spec: specOf(write) })
          : await connection.send('PATCH', path, { metadata: { resourceVersion: write.version }, spec: specOf(write) });
      if (answer.status === 409) return false;
      expectSuccess(answer, path);
      return true;
    },
    async release(version) {
      const spec = { holderIdentity: null, leaseDurationSeconds: 1 };
      await connection.send('PATCH', path, { metadata: { resourceVersion: version }, spec });
    },
  };
}

const kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

/** A Lease, undefined where there is none. Throws CLUSTER_UNREACHABLE. */
export async function readLease(
  connection: Pick<Connection, 'send'>,
  { namespace, name }: ObjectName,
): Promise<LeaseRecord | undefined> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  const answer = await connection.send('GET', path);
  if (answer.status === 404) return undefined;
  expectSuccess(answer, path);
  const { metadata, spec } = fieldsOf(answer.body);
  const { holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions } = fieldsOf(spec);
  return {
    holder: textOf(holderIdentity),
    seconds: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds : undefined,
    renewed: textOf(renewTime),
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    version: textOf(fieldsOf(metadata).resourceVersion) ?? '',
  };
}

/** Throws CLUSTER_UNREACHABLE for an answer that is no success. */
export function expectSuccess({ status, body }: ApiAnswer, path: string): void {
  if (status >= 200 && status < 300) return;
  const said = textOf(fieldsOf(body).message) ?? '';
  throw new BarographError('CLUSTER_UNREACHABLE', `${path} answered ${status}: ${said.slice(0, 300)}`);
}

function specOf({ identity, seconds, wallMilliseconds, transitions }: LeaseWrite): object {
  const now = microTime(wallMilliseconds);
  const renewal = { holderIdentity: identity, leaseDurationSeconds: seconds, renewTime: now };
  return transitions === undefined ? renewal : { ...renewal, acquireTime: now, leaseTransitions: transitions };
}

/** A time as Leases have it: with six digits of a second, no more and no less. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
