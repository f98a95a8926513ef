import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export interface Exchange {
  readonly url: URL;
  /** Sent as the body of a POST; without it a GET. */
  readonly form?: URLSearchParams | undefined;
  /** Sent as the body of a POST in place of a form. */
  readonly json?: unknown;
  readonly options: RequestOptions;
  readonly timeoutSeconds: number;
  /** The largest answer, unpacked. */
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** What came of one request. Redirects are answers like any other: they are never followed, so credentials stay with the host they are for. */
export type Exchanged =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'oversized' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** Sends one request and reads its whole answer. Throws only when `signal` is aborted: its reason. */
export async function exchange(request: Exchange): Promise<Exchanged> {
  const deadline = AbortSignal.timeout(request.timeoutSeconds * 1000);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  try {
    const response = await send(request, signal);
    const text = await readText(response, request.maxBytes);
    if (text === undefined) return { kind: 'oversized' };
    const retryAfterSeconds = Number(response.headers['retry-after'] ?? 0) || 0;
    return { kind: 'answered', status: response.statusCode ?? 0, text, retryAfterSeconds };
  } catch (cause) {
    request.signal?.throwIfAborted();
    return deadline.aborted ? { kind: 'silent' } : { kind: 'failed', cause };
  }
}

function send({ url, form, json, options }: Exchange, signal: AbortSignal): Promise<IncomingMessage> {
  const body = json === undefined ? form?.toString() : JSON.stringify(json);
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(body !== undefined && {
      'content-type': json === undefined ? 'application/x-www-form-urlencoded' : 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
    ...options.headers,
  };
  const call = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = call(url, { ...options, headers, signal, method: body === undefined ? 'GET' : 'POST' }, resolve);
    request.on('error', reject);
    request.end(body ?? '');
  });
}

/** Undefined when the answer is larger than `maxBytes`; then the connection is closed. */
async function readText(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of unpacked(response)) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) {
      response.destroy();
      return undefined;
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unpacked(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // Unlike pipe(), pipeline() hands on that a connection broke.
  return pipeline(response, createGunzip(), () => undefined);
}
