import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { type Certificates, certificatesIn, renewServing } from '../../certs/folder.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { renderTable } from './table.ts';

interface Options extends CommonOptions {
  readonly folder?: string;
  readonly host?: readonly string[];
}

export function certsCommand(): Command {
  const command = new Command('certs').description("show or renew the server's certificates");
  const of = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .addOption(configOption())
      .option('--folder <folder>', 'where they are, in place of server.certs')
      .option('--host <name...>', 'names and addresses of the server, in place of server.hosts')
      .addOption(outputOption());
  of('show', 'print what they are for and until when; makes them where they are missing').action(
    async (options: Options) => {
      const { folder, hosts } = where(options);
      show(options, await certificatesIn(folder, hosts, Date.now() / 1000));
    },
  );
  of('renew', 'make a new serving certificate now; a running server takes it within a minute').action(
    async (options: Options) => {
      const { folder, hosts } = where(options);
      show(options, await renewServing(folder, hosts, Date.now() / 1000));
    },
  );
  return command;
}

function where(options: Options): { folder: string; hosts: readonly string[] } {
  const configured = options.config === undefined ? undefined : readConfig(options).server;
  return {
    folder: options.folder ?? configured?.certs ?? './certs-local',
    hosts: options.host ?? configured?.hosts ?? ['localhost', '127.0.0.1'],
  };
}

function show(options: Options, certificates: Certificates): void {
  const rows = [describe('authority', certificates.authority), describe('serving', certificates.serving.certificate)];
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
