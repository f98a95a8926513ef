import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { BarographError } from '../core/errors.ts';
import type { StorageReport } from '../storage/storage-report.ts';
import { type CommonOptions, configOption, outputOption, print } from './options.ts';
import { requestJson } from './request-json.ts';
import { readStorageOnce } from './storage/read-once.ts';
import { storageText } from './storage/text.ts';

interface Options extends CommonOptions {
  readonly server?: string;
  readonly authority?: string;
  readonly tokenFile?: string;
  readonly ceph?: string[];
  readonly cephCommand?: string;
  readonly disks?: string;
}

const afterHelp = `
Without --server what is there now is read once: no history, and so no dates for pools unless a Prometheus of the
configuration has it. What can be approved and how: docs/storage-plans.md.

Examples:
  barograph storage --server https://localhost:8443 --authority ca.crt --token-file token
  barograph storage --ceph http://ceph-mgr:9283/metrics --ceph-command ceph
  barograph storage --disks ./smart --output json`;

/** `barograph storage`: disks, pools, dates and plans. */
export function storageCommand(): Command {
  return new Command('storage')
    .description('print pools and disks, when they fill or fail, and what to do about it')
    .option('--server <url>', 'read it from a running server')
    .option('--authority <file>', "the server's certificate authority (ca.crt)")
    .option('--token-file <file>', 'a bearer token for the server')
    .addOption(configOption())
    .option('--ceph <url...>', "read a Ceph cluster now: pages of its managers' prometheus module")
    .option('--ceph-command <command>', 'with --ceph: the ceph command, for the map of the cluster and its disks')
    .option('--disks <folder>', 'read disks now: a folder with one folder for each node, of smartctl --json')
    .addOption(outputOption())
    .addHelpText('after', afterHelp)
    .action(async (options: Options) => {
      const report = await reportOf(options);
      print(options.output, report, () => storageText(report));
    });
}

async function reportOf(options: Options): Promise<StorageReport> {
  const { server, ceph, disks, config, cephCommand } = options;
  if (cephCommand !== undefined && ceph === undefined) {
    throw new BarographError('USAGE_WRONG', 'expected --ceph URL with --ceph-command');
  }
  if (server !== undefined) return fromServer(server, options);
  if (ceph !== undefined || disks !== undefined || config !== undefined) return readStorageOnce(options);
  throw new BarographError('USAGE_WRONG', 'expected --server URL, --config FILE, --ceph URL or --disks FOLDER');
}

async function fromServer(server: string, { authority, tokenFile }: Options): Promise<StorageReport> {
  const url = `${server.replace(/\/$/, '')}/api/v1/storage`;
  return (await requestJson(url, {
    authority: authority === undefined ? undefined : readFileSync(authority, 'utf8'),
    token: tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim(),
  })) as StorageReport;
}
