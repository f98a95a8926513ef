import type { KeptCertificates } from '../../certs/rotation.ts';
import type { Connection } from '../cluster/connection.ts';
import { fieldsOf, textOf } from '../cluster/fields.ts';
import { expectSuccess, type ObjectName } from './lease.ts';

/** The keys of the Secret: those of a folder of certificates, and one more during a change of authority. */
const keys = {
  authority: 'ca.crt',
  authorityKey: 'ca.key',
  nextKey: 'next.key',
  serving: 'tls.crt',
  servingKey: 'tls.key',
} as const satisfies Record<keyof KeptCertificates, string>;

export interface SecretContents {
  /** What is there of it. */
  readonly found: Partial<KeptCertificates>;
  /** Undefined where there is no Secret. */
  readonly version: string | undefined;
}

/** Certificates in a Secret of the cluster. All methods throw CLUSTER_UNREACHABLE. */
export interface CertificateSecret {
  readonly name: ObjectName;
  read(): Promise<SecretContents>;
  /** All of it at once, over the version it was made from; false when somebody else wrote meanwhile. */
  write(kept: KeptCertificates, version: string | undefined): Promise<boolean>;
}

export function certificateSecret(connection: Pick<Connection, 'send'>, name: ObjectName): CertificateSecret {
  const secrets = `/api/v1/namespaces/${name.namespace}/secrets`;
  const path = `${secrets}/${name.name}`;
  return {
    name,
    async read() {
      const answer = await connection.send('GET', path);
      if (answer.status === 404) return { found: {}, version: undefined };
      expectSuccess(answer, path);
      const { metadata, data } = fieldsOf(answer.body);
      return { found: decoded(data), version: textOf(fieldsOf(metadata).resourceVersion) };
    },
    async write(kept, version) {
      const data = encoded(kept);
      const answer =
        version === undefined
          ? await connection.send('POST', secrets, { ...kind, metadata: name, data })
          : await connection.send('PATCH', path, { metadata: { resourceVersion: version }, data });
      if (answer.status === 409) return false;
      expectSuccess(answer, path);
      return true;
    },
  };
}

const kind = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque' };
const fields = Object.keys(keys) as (keyof KeptCertificates)[];

function decoded(data: unknown): Partial<KeptCertificates> {
  const found: { -readonly [field in keyof KeptCertificates]?: string } = {};
  for (const field of fields) {
    const text = textOf(fieldsOf(data)[keys[field]]);
    if (text !== undefined) found[field] = Buffer.from(text, 'base64').toString('utf8');
  }
  return found;
}

/** Null, which removes a key, for what is not there: a patch leaves alone what it does not name. */
function encoded(kept: KeptCertificates): Record<string, string | null> {
  return Object.fromEntries(
    fields.map((field) => {
      const text = kept[field];
      return [keys[field], text === undefined ? null : Buffer.from(text).toString('base64')];
    }),
  );
}
