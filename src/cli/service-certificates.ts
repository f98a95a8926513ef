import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Certificates, certificatesIn } from '../../certs/folder.ts';
import { certificatesOf } from '../../certs/pem.ts';
import type { Connection } from '../cluster/connection.ts';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Registration, RegistrationKind } from '../operator/authority-bundle.ts';
import { createCertificateKeeper } from '../operator/certificate-keeper.ts';
import { createElector } from '../operator/elector.ts';
import type { ObjectName } from '../operator/lease.ts';

/** Where a service's certificates are kept. */
export interface CertificateSource {
  /** For the log. */
  readonly place: string;
  readonly pollSeconds: number;
  /** What is to be served with now, renewed where it was due. Throws CERTIFICATE_INVALID. */
  take(): Promise<Certificates>;
  close(): Promise<void>;
}

const folderPollSeconds = 60;
// What is applied after the server started, the registrations among it, is told what to trust within this time.
const secretPollSeconds = 10;
// A first leader, its keys, and an API server that is busy.
const startSeconds = 90;

/** A folder, or with `server.secret` a Secret that all replicas share. Certificates live by the machine's clock, whatever clock forecasts have. */
export function certificateSource(
  { server }: Pick<Config, 'server'>,
  connection: Connection | undefined,
  logger: Logger,
): CertificateSource {
  const { certs, hosts, secret } = server;
  if (secret === undefined) {
    const take = (): Promise<Certificates> => certificatesIn(certs, hosts, systemClock.nowSeconds());
    return { place: certs, pollSeconds: folderPollSeconds, take, close: async () => undefined };
  }
  if (connection === undefined) {
    throw new BarographError(
      'CONFIG_INVALID',
      'server.secret: expected a cluster to read it from (kubernetes.enabled)',
    );
  }
  return secretSource(server, secret, connection, logger);
}

function secretSource(
  { hosts, lease, registrations }: Config['server'],
  secret: ObjectName,
  connection: Connection,
  logger: Logger,
): CertificateSource {
  const elector = createElector({
    connection,
    lease: lease ?? { namespace: secret.namespace, name: 'barograph' },
    // A pod's name comes again after a restart; who held the Lease before must not be taken for this process.
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
    logger,
  });
  const keeper = createCertificateKeeper({
    connection,
    secret,
    registrations: registrations.map(registrationOf),
    hosts,
    elector,
    clock: systemClock,
    logger,
  });
  elector.start();
  return {
    place: `${secret.namespace}/${secret.name}`,
    pollSeconds: secretPollSeconds,
    take: () => keeper.ready(startSeconds),
    close: () => elector.close(),
  };
}

/** Throws CERTIFICATE_INVALID: a server that checked nobody would be worse than none. */
export function readClientAuthority(path: string): string {
  try {
    const bundle = readFileSync(path, 'utf8');
    if (certificatesOf(bundle).length > 0) return bundle;
  } catch (cause) {
    throw new BarographError('CERTIFICATE_INVALID', `server.clientAuthority: cannot read ${path}`, { cause });
  }
  throw new BarographError('CERTIFICATE_INVALID', `server.clientAuthority: expected certificates in PEM in ${path}`);
}

const kinds: Record<string, RegistrationKind> = {
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};

function registrationOf({ kind, name }: { kind: string; name: string }): Registration {
  return { kind: kinds[kind] ?? 'mutatingwebhookconfigurations', name };
}
