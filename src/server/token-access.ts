import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Logger, redactedError } from '../core/log.ts';
import type { Access, Caller, Verdict } from './access.ts';
import { type Reviewer, reviewAccess, reviewToken, type TokenUser } from './reviews.ts';

export interface TokenAccessOptions {
  readonly reviewer: Reviewer;
  readonly logger: Logger;
  /** How long an answer of the API server is believed. */
  readonly believeSeconds?: number;
}

const usualSeconds = 10;
const mostAnswers = 2048;
/**
 * Put before the path that the API server is asked about: what the cluster grants under `/api/*` (to everybody who is authenticated, by the role
 * system:discovery) is not meant for ours.
 */
export const reviewedPrefix = '/barograph';
const bearer = /^bearer +([\w.~+/-]+=*) *$/i;

/**
 * Asks the Kubernetes API who a bearer token is (TokenReview) and whether that user may `get` `/barograph` + the path
 * (SubjectAccessReview, nonResourceAttributes).
 * Answers are kept for some seconds under a hash of the token; that nobody answered is not kept.
 */
export function tokenAccess({ reviewer, logger, believeSeconds = usualSeconds }: TokenAccessOptions): Access {
  const limits = { max: mostAnswers, ttl: believeSeconds * 1000 };
  const users = new LRUCache<string, Promise<TokenUser | undefined>>(limits);
  const verdicts = new LRUCache<string, Promise<Verdict>>(limits);
  return {
    async check(caller) {
      const token = tokenOf(caller);
      if (token === undefined) return { kind: 'unauthenticated', message: 'expected a Kubernetes bearer token' };
      const hash = createHash('sha256').update(token).digest('base64');
      try {
        const user = await once(users, hash, () => reviewToken(reviewer, token));
        if (user === undefined) return { kind: 'unauthenticated', message: 'the bearer token is not accepted' };
        return await once(verdicts, `${hash} ${caller.path}`, () => judge(reviewer, user, caller.path));
      } catch (error) {
        logger.warn({ error: redactedError(error) }, 'the Kubernetes API could not be asked who may read');
        return { kind: 'unavailable', message: 'the Kubernetes API could not be asked whether this token may read' };
      }
    },
  };
}

function tokenOf({ authorization }: Caller): string | undefined {
  return bearer.exec(authorization ?? '')?.[1];
}

async function judge(reviewer: Reviewer, user: TokenUser, asked: string): Promise<Verdict> {
  const path = `${reviewedPrefix}${asked}`;
  if (await reviewAccess(reviewer, user, path)) return { kind: 'allowed' };
  return { kind: 'forbidden', message: `user '${user.username}' may not get the path ${path}` };
}

// The promise itself is held, so that requests that come together ask once.
function once<T>(held: LRUCache<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = held.get(key);
  if (known !== undefined) return known;
  const asked = ask();
  held.set(key, asked);
  asked.catch(() => {
    if (held.peek(key) === asked) held.delete(key);
  });
  return asked;
}
