import { type Agent, request } from 'node:https';
import { BarographError, type ErrorCode } from '../core/errors.ts';

export interface Access {
  /** PEM; the machine's authorities when undefined. */
  readonly authority: string | undefined;
  readonly token: string | undefined;
  /** The name in the server's certificate, where it is not the host of the URL. */
  readonly serverName?: string;
  readonly timeoutMilliseconds?: number;
  /** For connections that are used again; each call opens its own without. */
  readonly agent?: Agent;
}

const usualMilliseconds = 15_000;

/** JSON from a Barograph server: a GET, or with a body a POST. Throws SOURCE_UNAVAILABLE with what it answered, ACCESS_DENIED for 401 and 403. */
export function requestJson(url: string, access: Access, body?: unknown): Promise<unknown> {
  const { authority, token, serverName, timeoutMilliseconds = usualMilliseconds, agent = false } = access;
  const method = body === undefined ? 'GET' : 'POST';
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown, code: ErrorCode = 'SOURCE_UNAVAILABLE'): void =>
      reject(new BarographError(code, `${method} ${url}: ${why}`, { cause }));
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    const trust = {
      ...(authority === undefined ? {} : { ca: authority }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    const options = { method, headers, ...trust, agent, timeout: timeoutMilliseconds } as const;
    const call = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => fail('the answer broke off', error));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0 } = response;
        const code = status === 401 || status === 403 ? 'ACCESS_DENIED' : 'SOURCE_UNAVAILABLE';
        if (status !== 200) return fail(`answered ${status}: ${answer.slice(0, 300)}`, undefined, code);
        try {
          resolve(JSON.parse(answer));
        } catch (cause) {
          fail('expected JSON', cause);
        }
      });
    });
    call.on('timeout', () =>
      call.destroy(new BarographError('SOURCE_UNAVAILABLE', `no answer within ${timeoutMilliseconds / 1000} s`)),
    );
    call.on('error', (error) => fail('no answer', error));
    call.end(text);
  });
}
