import { X509Certificate } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { certificatesIn, renewServing } from '../../certs/folder.ts';
import { certificatesOf } from '../../certs/pem.ts';
import { type KeptCertificates, rotate } from '../../certs/rotation.ts';
import { openConnection } from '../cluster/connection.ts';
import { BarographError } from '../core/errors.ts';
import { type CertificateSecret, certificateSecret } from '../operator/certificate-secret.ts';
import type { ObjectName } from '../operator/lease.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { renderTable } from './table.ts';

interface Options extends CommonOptions {
  readonly folder?: string;
  readonly secret?: ObjectName;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly host?: readonly string[];
  readonly authority?: boolean;
  readonly pem?: boolean;
}

interface Shown {
  /** A bundle. */
  readonly authority: string;
  readonly serving: string;
}

export function certsCommand(): Command {
  const command = new Command('certs').description("show or renew the server's certificates");
  const of = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .addOption(configOption())
      .option('--folder <folder>', 'where they are, in place of server.certs')
      .option('--secret <namespace/name>', 'the Secret where they are, in place of server.secret', objectName)
      .option('--kubeconfig <file>', 'for a Secret: in place of kubernetes.kubeconfig')
      .option('--context <name>', 'for a Secret: in place of kubernetes.context')
      .option('--host <name...>', 'names and addresses of the server, in place of server.hosts')
      .addOption(outputOption());
  of('show', 'print what they are for and until when; makes them where they are missing in a folder')
    .option('--pem', 'print what clients trust as PEM, and nothing else')
    .action(async (options: Options) => {
      const shown = await read(options);
      if (options.pem === true) process.stdout.write(shown.authority);
      else show(options, shown);
    });
  of('renew', 'make a new serving certificate now; a running server takes it within a minute')
    .option('--authority', 'for a Secret: one step of a change of authority instead')
    .action(async (options: Options) => show(options, await renew(options)));
  return command;
}

async function read(options: Options): Promise<Shown> {
  const place = where(options);
  if (place.secret !== undefined) return shownOf(place.secret, (await place.secret.read()).found);
  const { authority, serving } = await certificatesIn(place.folder, place.hosts, Date.now() / 1000);
  return { authority, serving: serving.certificate };
}

async function renew(options: Options): Promise<Shown> {
  const place = where(options);
  if (place.secret !== undefined) return renewSecret(place.secret, options);
  if (options.authority === true) {
    const then = 'for a folder, make a new one, trust both, then serve from it';
    throw new BarographError('USAGE_WRONG', `expected --authority together with --secret; ${then}`);
  }
  const { authority, serving } = await renewServing(place.folder, place.hosts, Date.now() / 1000);
  return { authority, serving: serving.certificate };
}

const mostTries = 5;

/** The leader may write at the same moment: then what it wrote is read, and the wish is applied to that. */
async function renewSecret(secret: CertificateSecret, options: Options): Promise<Shown> {
  const wish = options.authority === true ? 'authority' : 'serving';
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const { found, version } = await secret.read();
    const { serving } = shownOf(secret, found);
    const hosts = options.host ?? hostsOf(serving);
    const rotated = await rotate(found, { hosts, nowSeconds: Date.now() / 1000, wish });
    if (rotated === undefined) break;
    if (!(await secret.write(rotated.kept, version))) continue;
    process.stderr.write(`certs: ${rotated.done}\n`);
    return rotated.kept;
  }
  throw new BarographError('CERTIFICATE_INVALID', `${nameOf(secret)}: somebody else writes it all the time; try again`);
}

function shownOf(secret: CertificateSecret, { authority, serving }: Partial<KeptCertificates>): Shown {
  if (authority !== undefined && serving !== undefined) return { authority, serving };
  const message = `expected ca.crt and tls.crt in the Secret ${nameOf(secret)}; a server that runs makes them`;
  throw new BarographError('CERTIFICATE_INVALID', message);
}

function nameOf({ name: { namespace, name } }: CertificateSecret): string {
  return `${namespace}/${name}`;
}

/** The names that a certificate is for now. */
function hostsOf(certificate: string): string[] {
  const { subjectAltName = '' } = new X509Certificate(certificate);
  return subjectAltName.split(', ').map((entry) => entry.replace(/^(?:DNS|IP Address):/, ''));
}

function where(options: Options): { folder: string; hosts: readonly string[]; secret: CertificateSecret | undefined } {
  const configured = options.config === undefined ? undefined : readConfig(options);
  const { server, kubernetes } = configured ?? {};
  const name = options.secret ?? (options.folder === undefined ? server?.secret : undefined);
  const { kubeconfig = kubernetes?.kubeconfig, context = kubernetes?.context } = options;
  return {
    folder: options.folder ?? server?.certs ?? './certs-local',
    hosts: options.host ?? server?.hosts ?? ['localhost', '127.0.0.1'],
    secret: name && certificateSecret(openConnection({ kubeconfig, context }), name),
  };
}

function objectName(text: string): ObjectName {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new InvalidArgumentError('Expected NAMESPACE/NAME.');
}

function show(options: Options, { authority, serving }: Shown): void {
  const [signing, ...others] = certificatesOf(authority);
  const rows = [
    ...(signing === undefined ? [] : [describe('authority', signing)]),
    ...others.map((other) => describe('trusted too', other)),
    describe('serving', serving),
  ];
  print(options.output, rows, () =>
    renderTable(
      ['certificate', 'subject', 'for', 'from', 'until'],
      rows.map((row) => [row.certificate, row.subject, row.for ?? '–', row.from, row.until]),
    ),
  );
}

function describe(certificate: string, pem: string) {
  const read = new X509Certificate(pem);
  const date = (of: Date): string => of.toISOString().slice(0, 16);
  return {
    certificate,
    subject: read.subject.replaceAll('\n', ', '),
    for: read.subjectAltName,
    from: date(read.validFromDate),
    until: date(read.validToDate),
  };
}
