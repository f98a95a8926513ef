import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Logger } from '../../src/core/log.ts';
import { isLoopback, loopbackAccess, type Verdict } from '../../src/server/access.ts';
import type { Reviewer } from '../../src/server/reviews.ts';
import { tokenAccess } from '../../src/server/token-access.ts';
import { pause, sampleOf, startEdge, type TestEdge } from './support/edge.ts';

describe('without a cluster', () => {
  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s is this machine and may read', async (peer) => {
    expect(isLoopback(peer)).toBe(true);
    expect(await loopbackAccess.check({ peer, authorization: undefined, path: '/api/v1/status' })).toEqual({
      kind: 'allowed',
    });
  });

  test.each(['10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1', 'fe80::1', 'garbage', undefined])(
    '%s is not and may not',
    async (peer) => {
      const verdict = await loopbackAccess.check({ peer, authorization: 'Bearer x', path: '/api/v1/status' });
      expect(verdict.kind).toBe('forbidden');
    },
  );
});

describe('the API', () => {
  let edge: TestEdge;
  let verdict: Verdict = { kind: 'allowed' };
  const asked: string[] = [];

  beforeAll(async () => {
    edge = await startEdge({
      access: {
        check: async ({ path }) => {
          asked.push(path);
          return verdict;
        },
      },
    });
  });

  afterAll(() => edge.server.close(1));

  test.each([
    [{ kind: 'unauthenticated', message: 'no token' }, 401, 'ACCESS_DENIED'],
    [{ kind: 'forbidden', message: 'not you' }, 403, 'ACCESS_DENIED'],
    [{ kind: 'unavailable', message: 'nobody there' }, 503, 'CLUSTER_UNREACHABLE'],
  ] as const)('says so to who may not read: %o', async (refusal, status, code) => {
    verdict = refusal;
    for (const path of ['/api/v1/status', '/api/v1/none', '/api/v1/decisions/x']) {
      const answer = await edge.call('GET', path);
      expect([answer.status, answer.json()]).toEqual([status, { code, message: refusal.message }]);
      expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    }
    expect(await sampleOf(edge, `barograph_access_checks_total{result="${refusal.kind}"}`)).toBe(3);
  });

  test('asks about the path as it came, without the query', async () => {
    verdict = { kind: 'allowed' };
    asked.length = 0;
    await edge.call('GET', '/api/v1/decisions?limit=1');
    await edge.call('GET', '/api/v1/decisions/a%2Fb');
    expect(asked).toEqual(['/api/v1/decisions', '/api/v1/decisions/a%2Fb']);
  });

  test('asks nobody about health, metrics and what the scheduler and the API server call', async () => {
    verdict = { kind: 'forbidden', message: 'no' };
    asked.length = 0;
    const answers = await Promise.all([
      edge.call('GET', '/healthz'),
      edge.call('GET', '/readyz'),
      edge.call('GET', '/metrics'),
      edge.call('POST', '/admission/pods', { body: '{}' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(asked).toEqual([]);
  });
});

describe('a bearer token', () => {
  const token = 'eyJhbGciOi.secret-token_1~+/=';
  const path = '/api/v1/status';
  const caller = { peer: '10.0.0.1', authorization: `Bearer ${token}`, path };

  test('is reviewed by the API server, then the user by the path', async () => {
    const { reviewer, posts } = answering({});
    expect(await access(reviewer).check(caller)).toEqual({ kind: 'allowed' });
    expect(posts).toEqual([
      [
        '/apis/authentication.k8s.io/v1/tokenreviews',
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
      ],
      [
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user: 'ann', groups: ['g'], nonResourceAttributes: { path: `/barograph${path}`, verb: 'get' } },
        },
      ],
    ]);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Bearer a\u0000', `X Bearer ${token}`])(
    'must be one: %j is not, and nobody is asked',
    async (authorization) => {
      const { reviewer, posts } = answering({});
      const verdict = await access(reviewer).check({ ...caller, authorization });
      expect([verdict.kind, posts]).toEqual(['unauthenticated', []]);
    },
  );

  test('that is not accepted is unauthenticated; a user without the right to the path is forbidden', async () => {
    for (const tokenStatus of [{ authenticated: false }, { user: {}, error: 'invalid bearer token' }, {}]) {
      const unknown = answering({ tokenStatus });
      expect((await access(unknown.reviewer).check(caller)).kind).toBe('unauthenticated');
    }
    for (const accessStatus of [{ allowed: false }, { allowed: true, denied: true }]) {
      const forbidden = answering({ accessStatus });
      expect(await access(forbidden.reviewer).check(caller)).toEqual({
        kind: 'forbidden',
        message: `user 'ann' may not get the path /barograph${path}`,
      });
    }
  });

  test('is asked about once for calls that come together, and once a path for some seconds', async () => {
    const { reviewer, posts } = answering({});
    const one = access(reviewer);
    await Promise.all([one.check(caller), one.check(caller), one.check(caller)]);
    await one.check(caller);
    expect(posts.length).toBe(2);
    await one.check({ ...caller, path: '/api/v1/outlook' });
    expect(posts.length).toBe(3);
    await one.check({ ...caller, authorization: 'Bearer other' });
    expect(posts.length).toBe(5);
  });

  test('is asked about again when the time is over', async () => {
    const { reviewer, posts } = answering({});
    const one = access(reviewer, 0.05);
    await one.check(caller);
    await pause(80);
    await one.check(caller);
    expect(posts.length).toBe(4);
  });

  test.each([
    ['answers 500', async () => ({ status: 500, body: {} })],
    ['answers 403', async () => ({ status: 403, body: { kind: 'Status' } })],
    ['answers nonsense', async () => ({ status: 201, body: { status: 'yes' } })],
    ['accepts a token of nobody', async () => ({ status: 201, body: { status: { authenticated: true, user: {} } } })],
    ['answers nothing', async () => ({ status: 201, body: undefined })],
    ['is away', () => Promise.reject(new TypeError('ECONNREFUSED'))],
  ])('cannot be judged when the API server %s; that is not remembered and the token is not logged', async (_, post) => {
    const lines: string[] = [];
    const { reviewer } = answering({});
    let isDown = true;
    const flaky: Reviewer = { post: (where, body) => (isDown ? post() : reviewer.post(where, body)) };
    const one = access(flaky, 10, lines);
    const verdict = await one.check(caller);
    expect(verdict.kind).toBe('unavailable');
    expect(lines.length).toBe(1);
    expect(`${lines.join()} ${JSON.stringify(verdict)}`).not.toContain('secret-token');
    isDown = false;
    expect((await one.check(caller)).kind).toBe('allowed');
  });

  function access(reviewer: Reviewer, believeSeconds = 10, lines: string[] = []) {
    const keep = (fields: object, message: string): void => void lines.push(JSON.stringify([fields, message]));
    const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    return tokenAccess({ reviewer, logger, believeSeconds });
  }
});

interface Answers {
  readonly tokenStatus?: object;
  readonly accessStatus?: object;
}

/** The two review endpoints, in memory, with every call to them. */
function answering({
  tokenStatus = { authenticated: true, user: { username: 'ann', groups: ['g'] } },
  accessStatus = { allowed: true },
}: Answers): { reviewer: Reviewer; posts: [string, object][] } {
  const posts: [string, object][] = [];
  const reviewer: Reviewer = {
    post: async (path, body) => {
      posts.push([path, body]);
      return { status: 201, body: { status: path.includes('tokenreviews') ? tokenStatus : accessStatus } };
    },
  };
  return { reviewer, posts };
}
