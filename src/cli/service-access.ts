import { type Access, loopbackAccess } from '../server/access.ts';
import { tokenAccess } from '../server/token-access.ts';
import type { Parts } from './parts.ts';

/** Who may read the API: bearers of a token that the cluster accepts, or only this machine without a cluster. */
export function accessOf({ cluster, logger }: Pick<Parts, 'cluster' | 'logger'>): Access {
  if (cluster === undefined) return loopbackAccess;
  const { connection } = cluster;
  return tokenAccess({ logger, reviewer: { post: (path, body) => connection.send('POST', path, body) } });
}
