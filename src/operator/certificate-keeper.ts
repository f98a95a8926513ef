import { setTimeout as sleep } from 'node:timers/promises';
import { isPair } from '../../certs/authority.ts';
import type { Certificates } from '../../certs/folder.ts';
import { type KeptCertificates, rotate } from '../../certs/rotation.ts';
import type { Connection } from '../cluster/connection.ts';
import type { Clock } from '../core/clock.ts';
import { BarographError, describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { keepAuthority, type Registration } from './authority-bundle.ts';
import { type CertificateSecret, certificateSecret } from './certificate-secret.ts';
import type { Elector } from './elector.ts';
import type { ObjectName } from './lease.ts';

export interface CertificateKeeperOptions {
  readonly connection: Pick<Connection, 'send'>;
  readonly secret: ObjectName;
  readonly registrations: readonly Registration[];
  readonly hosts: readonly string[];
  readonly elector: Pick<Elector, 'isLeader'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Certificates that all replicas share, in a Secret. Whoever leads makes and renews them and keeps the registrations with the API server in step; the
 * others take what they find.
 */
export interface CertificateKeeper {
  /** What to serve with; undefined until a first turn() found or made it. */
  readonly certificates: Certificates | undefined;
  /** One look, and what is due. Never throws: what is in use stays in use. */
  turn(): Promise<void>;
  /** Turns until there are certificates. Throws CERTIFICATE_INVALID when there are none after so many seconds. */
  ready(seconds: number): Promise<Certificates>;
}

export function createCertificateKeeper(options: CertificateKeeperOptions): CertificateKeeper {
  return new Keeper(options);
}

const firstPauseMilliseconds = 250;

class Keeper implements CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #secret: CertificateSecret;
  #failure: unknown;
  certificates: Certificates | undefined;

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
    this.#secret = certificateSecret(options.connection, options.secret);
  }

  async turn(): Promise<void> {
    try {
      await this.#turn();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
      this.#options.logger.warn({ error }, `certificates could not be kept: ${describeError(error)}`);
    }
  }

  async ready(seconds: number): Promise<Certificates> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      await this.turn();
      if (this.certificates !== undefined) return this.certificates;
      if (performance.now() > deadline) break;
      await sleep(firstPauseMilliseconds);
    }
    const { namespace, name } = this.#options.secret;
    const message = `expected certificates in the Secret ${namespace}/${name} within ${seconds} s`;
    throw new BarographError('CERTIFICATE_INVALID', message, { cause: this.#failure });
  }

  async #turn(): Promise<void> {
    const { elector, hosts, clock, logger } = this.#options;
    const { found, version } = await this.#secret.read();
    if (!elector.isLeader) return this.#take(found);
    const rotated = await rotate(found, { hosts, nowSeconds: clock.nowSeconds() });
    if (rotated === undefined) return this.#lead(found);
    // Keys take long to make: whoever does not lead any more writes nothing, and the version catches what is left.
    if (!elector.isLeader || !(await this.#secret.write(rotated.kept, version))) return;
    logger.info({ secret: this.#secret.name }, rotated.done);
    await this.#lead(rotated.kept);
  }

  /** Clients first: what they do not trust yet is not served. */
  async #lead(kept: Partial<KeptCertificates>): Promise<void> {
    const { connection, registrations, logger } = this.#options;
    for (const registration of kept.authority === undefined ? [] : registrations) {
      const { kind, name } = registration;
      if (await keepAuthority(connection, registration, kept.authority ?? '')) {
        logger.info({ kind, name }, 'the API server was told what to trust');
      }
    }
    this.#take(kept);
  }

  #take({ authority, serving, servingKey }: Partial<KeptCertificates>): void {
    if (authority === undefined || serving === undefined || servingKey === undefined) return;
    const pair = { certificate: serving, privateKey: servingKey };
    if (this.certificates?.authority === authority && this.certificates.serving.certificate === serving) return;
    if (!isPair(pair)) {
      throw new BarographError('CERTIFICATE_INVALID', 'expected tls.crt and tls.key of the Secret to belong together');
    }
    this.certificates = { authority, serving: pair };
  }
}
