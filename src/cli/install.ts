import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import { configSchema } from '../core/config.ts';
import { loadConfig, validateConfig } from '../core/config-file.ts';
import { BarographError } from '../core/errors.ts';
import { parseQuantity } from '../core/quantity.ts';
import { manifests } from './install/manifests.ts';
import { type InstallCertificates, type InstallOptions, refusesNodes } from './install/options.ts';
import { schedulerStanza } from './install/scheduler.ts';
import { toYaml } from './install/to-yaml.ts';

interface Options {
  readonly namespace: string;
  readonly certs?: string;
  readonly authority?: string;
  readonly image: string;
  readonly config?: string;
  readonly prometheus: string;
  readonly url?: string;
  readonly serverName?: string;
  readonly storage: string;
  readonly replicas: number;
  readonly monitoring?: boolean;
  readonly secondScheduler?: boolean;
  readonly schedulerImage: string;
  readonly print?: boolean;
  readonly printScheduler?: boolean;
  readonly filter?: boolean;
  readonly weight: number;
  readonly refuseInvalid?: boolean;
  readonly certManager?: boolean;
  readonly output: 'yaml' | 'json';
}

const afterHelp = `
Examples:
  barograph install --print | kubectl apply --server-side -f -
  barograph install --print --cert-manager > barograph.yaml
  barograph install --print-scheduler --url https://10.0.0.5:8443`;

/** `barograph install`: prints what others apply; it changes nothing itself. */
export function installCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command('install')
    .description('print what a cluster needs: objects for kubectl apply, the stanza for kube-scheduler')
    .option('--print', 'print the objects that `kubectl apply` takes')
    .option('--print-scheduler', "print the extender's stanza of a KubeSchedulerConfiguration")
    .option('-n, --namespace <name>', 'where Barograph runs', dnsLabel, 'barograph')
    .option(
      '--certs <folder>',
      'certificates of your own: ca.crt, and ca.key when pods make theirs; else they make all',
    )
    .option('--cert-manager', 'let cert-manager make the certificates')
    .option('--authority <file>', 'for kube-scheduler: what it trusts, in place of ca.crt in --certs (./certs-local)')
    .option('--config <file>', 'the configuration to install; folders and hosts are set to those of the pod')
    .option('--prometheus <url>', 'without --config: where metrics are', 'http://prometheus.monitoring.svc:9090')
    .option('--image <name>', 'the container image', 'barograph:latest')
    .option('--replicas <number>', 'how many serve, each with a knowledge base of its own', wholeNumber(9), 2)
    .option('--storage <size>', "the knowledge base's volume claim, or `none` to lose it with the pod", storage, '5Gi')
    .option(
      '--second-scheduler',
      "add a kube-scheduler that asks Barograph, for clusters whose own can't be configured",
    )
    .option('--scheduler-image <name>', 'its image, of the version of the cluster', schedulerImage)
    .option('--monitoring', 'add a ServiceMonitor and alerts for the Prometheus operator')
    .option('--url <url>', 'https://HOST:PORT of a server outside the cluster', httpsOrigin)
    .option('--server-name <name>', 'for kube-scheduler: the name in the certificate, where --url has another host')
    .option(
      '--filter',
      'for kube-scheduler: call the filter too; on where storage in --config refuses nodes for their disks',
    )
    .option('--weight <number>', "for kube-scheduler: the weight of Barograph's scores", wholeNumber(9999), 5)
    .option('--refuse-invalid', 'also refuse annotations that cannot be read, when they are written')
    .addOption(new Option('--output <form>', 'how it is printed').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', afterHelp)
    .action((options: Options) => write(install(options)));
}

function install(options: Options): string {
  if ((options.print === true) === (options.printScheduler === true)) {
    throw new BarographError('USAGE_WRONG', 'expected either --print or --print-scheduler');
  }
  if (options.printScheduler !== true) {
    const objects = manifests(installOptions(options));
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return options.output === 'json' ? `${JSON.stringify(list, undefined, 2)}\n` : toYaml(objects);
  }
  const { namespace, url, serverName } = options;
  const filter =
    options.filter ?? (options.config !== undefined && refusesNodes({ configuration: readConfiguration(options) }));
  const authority =
    options.authority === undefined
      ? readCertificates(options.certs ?? usualFolder).authority
      : readAuthority(options.authority);
  const stanza = schedulerStanza({ namespace, authority, url, serverName, filter, weight: options.weight });
  return options.output === 'json' ? `${JSON.stringify(stanza, undefined, 2)}\n` : schedulerHead + toYaml([stanza]);
}

const schedulerHead = `# Goes into the file that kube-scheduler's --config names. A scheduler on the host's network resolves no name of a
# Service: give it an address by --url (and --server-name, when the certificate is for another name).
`;

const usualFolder = './certs-local';
const schedulerImage = 'registry.k8s.io/kube-scheduler:v1.36.3';

function readAuthority(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  throw new BarographError('CERTIFICATE_INVALID', `expected the authority's certificate in ${path}, found no file`);
}

function readCertificates(folder: string): Extract<InstallCertificates, { authority: string }> {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    // Some tools write PEM with the line ends of Windows, which would fill a manifest with escapes.
    return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined;
  };
  const authority = read('ca.crt');
  if (authority === undefined) {
    const message =
      `expected ca.crt in ${folder}; \`barograph certs show --folder ${folder}\` makes it. Where replicas make their own, ` +
      '`barograph certs show --secret NAMESPACE/barograph-tls --pem` prints it, for --authority';
    throw new BarographError('CERTIFICATE_INVALID', message);
  }
  const authorityKey = read('ca.key');
  return authorityKey === undefined ? { kind: 'given', authority } : { kind: 'own', authority, authorityKey };
}

function installOptions(options: Options): InstallOptions {
  if (options.certManager === true && options.url !== undefined) {
    const message =
      'expected --certs with --url: cert-manager keeps certificates in the cluster, and the server is outside';
    throw new BarographError('USAGE_WRONG', message);
  }
  const configuration = readConfiguration(options);
  const { server } = validateConfig(configSchema, configuration, options.config ?? 'the command line');
  return {
    namespace: options.namespace,
    image: options.image,
    certificates: certificatesOf(options),
    replicas: options.replicas,
    monitoring: options.monitoring ?? false,
    secondScheduler: secondScheduler(options),
    url: options.url,
    configuration,
    port: Number(/:(\d+)$/.exec(server.address)?.[1] ?? 8443),
    storage: options.storage === 'none' ? { kind: 'ephemeral' } : { kind: 'claim', size: options.storage },
    refuseInvalid: options.refuseInvalid ?? false,
  };
}

function certificatesOf({ certManager, certs, url }: Options): InstallCertificates {
  if (certManager === true) return { kind: 'cert-manager' };
  // A server outside the cluster has its certificates in a folder, and nobody inside makes any.
  if (certs === undefined && url === undefined) return { kind: 'managed' };
  return readCertificates(certs ?? usualFolder);
}

function secondScheduler(options: Options): InstallOptions['secondScheduler'] {
  if (options.secondScheduler !== true) return undefined;
  if (options.url === undefined) {
    return { image: options.schedulerImage, filter: options.filter ?? false, weight: options.weight };
  }
  throw new BarographError(
    'USAGE_WRONG',
    'expected --second-scheduler without --url: it asks the Service in the cluster',
  );
}

/** The configuration as it is written: durations and sizes stay texts. */
function readConfiguration({ config, prometheus }: Options): Record<string, unknown> {
  if (config === undefined) return { source: { kind: 'prometheus', url: prometheus }, ...written };
  loadConfig(configSchema, config, {});
  return parse(readFileSync(config, 'utf8')) as Record<string, unknown>;
}

/** Defaults that an admin will want to change, written out so that they are found. */
const written = { mode: 'observe', objective: { cpuExceeded: '1%', memoryExceeded: '0.1%' } };

function dnsLabel(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a DNS label such as barograph.');
}

function httpsOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && /^\/?$/.test(url.pathname) && url.search === '') {
    return `https://${url.host}`;
  }
  throw new InvalidArgumentError('Expected https://HOST:PORT without a path.');
}

function storage(text: string): string {
  if (text === 'none') return text;
  try {
    if (parseQuantity(text, 'memory') > 0) return text;
  } catch {
    // Said below, in the words of the option.
  }
  throw new InvalidArgumentError('Expected a size such as 5Gi, or none.');
}

/** kube-scheduler, too, takes whole numbers above 0 for a weight. */
function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}
