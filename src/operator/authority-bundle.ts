import type { Connection } from '../cluster/connection.ts';
import { fieldsOf, itemsOf, textOf } from '../cluster/fields.ts';
import { expectSuccess } from './lease.ts';

export type RegistrationKind = 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations';

/** A registration with the API server. */
export interface Registration {
  readonly kind: RegistrationKind;
  readonly name: string;
}

/**
 * Brings the `caBundle` of every webhook of a registration to what is trusted now. Says whether it was another; false too where there is no such
 * registration, and when somebody else wrote it meanwhile: the next call finds out. Throws CLUSTER_UNREACHABLE.
 */
export async function keepAuthority(
  connection: Pick<Connection, 'send'>,
  { kind, name }: Registration,
  authority: string,
): Promise<boolean> {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind}/${name}`;
  const answer = await connection.send('GET', path);
  if (answer.status === 404) return false;
  expectSuccess(answer, path);
  const { metadata, webhooks } = fieldsOf(answer.body);
  const bundle = Buffer.from(authority).toString('base64');
  const held = itemsOf(webhooks).map(fieldsOf);
  if (held.every(({ clientConfig }) => fieldsOf(clientConfig).caBundle === bundle)) return false;
  // A merge patch takes a list as a whole: all of it as it was read, from the version that was read.
  const patched = await connection.send('PATCH', path, {
    metadata: { resourceVersion: textOf(fieldsOf(metadata).resourceVersion) },
    webhooks: held.map((webhook) => ({
      ...webhook,
      clientConfig: { ...fieldsOf(webhook.clientConfig), caBundle: bundle },
    })),
  });
  if (patched.status === 409) return false;
  expectSuccess(patched, path);
  return true;
}
