import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { networkInterfaces } from 'node:os';
import type { Decision } from '../core/decision.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { DecisionQuery } from '../server/api-data.ts';
import { requestJson } from './request-json.ts';

export interface PeersOptions {
  /** HOST:PORT; HOST has an address for each replica. */
  readonly address: string;
  /** What the certificates of the others are checked against, and a name that is in them. */
  readonly authority: () => string;
  readonly serverName: string;
  readonly logger: Logger;
  /** A file with the token that the others ask for. */
  readonly tokenFile?: string;
  /** Every address of a host. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly ownAddresses?: () => ReadonlySet<string>;
}

/** The other replicas: each decides for itself, and knows what the others decided only by asking. */
export interface Peers {
  /** The first that is found; undefined when none of those that answer has it. Never throws. */
  decision(id: string): Promise<Decision | undefined>;
  /** Of all that answer. Never throws. */
  decisions(query: DecisionQuery): Promise<Decision[]>;
  /** Ends connections that are kept. */
  close(): void;
}

/** For a service without others. */
export const noPeers: Peers = { decision: async () => undefined, decisions: async () => [], close: () => undefined };

const accountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const timeoutMilliseconds = 3000;
// To each replica.
const mostConnections = 4;

export function createPeers(options: PeersOptions): Peers {
  const { logger, resolve = addressesOf, ownAddresses = machineAddresses } = options;
  const [host = '', port = ''] = options.address.split(':');
  const agent = new Agent({ keepAlive: true, maxSockets: mostConnections, timeout: 60_000 });
  const ask = async (path: string): Promise<unknown[]> => {
    const token = await readFile(options.tokenFile ?? accountToken, 'utf8').catch(() => undefined);
    const own = ownAddresses();
    const others = (await resolve(host)).filter((address) => !own.has(address));
    const answers = others.map((address) =>
      requestJson(`https://${address.includes(':') ? `[${address}]` : address}:${port}${path}`, {
        authority: options.authority(),
        token: token?.trim(),
        serverName: options.serverName,
        timeoutMilliseconds,
        agent,
      }).catch((error) => {
        logger.debug({ address, error }, `another replica does not answer: ${describeError(error)}`);
        return undefined;
      }),
    );
    return Promise.all(answers);
  };
  const asked = async (path: string): Promise<unknown[]> => {
    try {
      return await ask(path);
    } catch (error) {
      logger.warn({ host, error }, `the other replicas are not found: ${describeError(error)}`);
      return [];
    }
  };
  return {
    async decision(id) {
      const answers = await asked(`/api/v1/decisions/${encodeURIComponent(id)}?scope=local`);
      const found = answers.filter((answer) => answer !== undefined) as Decision[];
      return found.find(({ placement }) => placement !== null) ?? found[0];
    },
    async decisions(query) {
      const answers = await asked(`/api/v1/decisions?${queryText(query)}`);
      return answers.flatMap((answer) => (answer as { decisions?: Decision[] } | undefined)?.decisions ?? []);
    },
    close: () => agent.destroy(),
  };
}

function queryText({ limit, namespace, workload }: DecisionQuery): string {
  const query = new URLSearchParams({ scope: 'local', limit: String(limit) });
  if (namespace !== undefined) query.set('namespace', namespace);
  if (workload !== undefined) query.set('workload', [workload.kind, workload.name].filter(Boolean).join('/'));
  return query.toString();
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function machineAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => address));
}
