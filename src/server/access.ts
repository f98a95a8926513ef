import { BlockList, isIPv6 } from 'node:net';
import type { RequestHandler } from 'express';
import { type Failure, sendFailure } from './answer.ts';
import type { Metrics } from './metrics.ts';

export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'unauthenticated'; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string }
  /** Who decides cannot be asked. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface Caller {
  readonly peer: string | undefined;
  /** The header. */
  readonly authorization: string | undefined;
  /** As it came, not decoded: what is authorised is what is routed. */
  readonly path: string;
}

/** Who may read `/api/v1`. */
export interface Access {
  check(caller: Caller): Promise<Verdict>;
}

/** Without a cluster there is nobody to ask for tokens: only this machine may read. */
export const loopbackAccess: Access = {
  async check({ peer }) {
    if (isLoopback(peer)) return { kind: 'allowed' };
    return { kind: 'forbidden', message: 'without a Kubernetes cluster only clients on the same machine are answered' };
  },
};

/** Lets through what `access` allows, and answers 401, 403 or 503 to all else. */
export function guard(access: Access, metrics: Metrics): RequestHandler {
  return async (request, response, next) => {
    const verdict = await access.check({
      peer: request.socket.remoteAddress,
      authorization: request.headers.authorization,
      path: `${request.baseUrl}${request.path}`,
    });
    metrics.countAccess(verdict.kind);
    if (verdict.kind === 'allowed') next();
    else sendFailure(request, response, refusalOf(verdict));
  };
}

function refusalOf(verdict: Exclude<Verdict, { kind: 'allowed' }>): Failure {
  const { kind, message } = verdict;
  if (kind === 'unavailable') return { status: 503, code: 'CLUSTER_UNREACHABLE', message };
  if (kind === 'forbidden') return { status: 403, code: 'ACCESS_DENIED', message };
  return { status: 401, code: 'ACCESS_DENIED', message, headers: { 'www-authenticate': 'Bearer' } };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a peer is this machine; `::ffff:127.0.0.1` is how a socket of both families names it. */
export function isLoopback(peer: string | undefined): boolean {
  if (peer === undefined) return false;
  return loopback.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
}
