import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import { BarographError, type ErrorCode } from '../core/errors.ts';

/** What a client is told of a failure: `{code, message}`, never a stack or a cause. */
export interface Failure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers?: OutgoingHttpHeaders;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  DECISION_UNKNOWN: 404,
  FORECAST_UNKNOWN: 404,
  OUTLOOK_MISSING: 404,
  PATH_UNKNOWN: 404,
  METHOD_WRONG: 405,
  REQUEST_TOO_SLOW: 408,
  REQUEST_TOO_LARGE: 413,
  CLUSTER_UNREACHABLE: 503,
  KNOWLEDGE_UNAVAILABLE: 503,
  SERVER_BUSY: 503,
};

/** What a client is told of anything thrown; what is no error of a request is for the log alone. */
export function failureOf(error: unknown): Failure {
  const status = error instanceof BarographError ? statuses[error.code] : undefined;
  if (error instanceof BarographError && status !== undefined) {
    return { status, code: error.code, message: error.message };
  }
  return { status: 500, code: 'INTERNAL', message: 'the request failed; the log of the server says why' };
}

/** Sends JSON that is already printed. Does nothing when the client is gone or an answer has begun. */
export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function sendFailure(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
  sendJson(request, response, failure.status, printed(failure), failure.headers);
}

/** A path that is there, asked in a way that it does not take; OPTIONS asks what it takes. */
export function sendMethods(request: IncomingMessage, response: ServerResponse, allow: string): void {
  if (request.method === 'OPTIONS') {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(204, { allow }).end();
    return;
  }
  const message = `expected ${allow}, received ${request.method}`;
  sendFailure(request, response, { status: 405, code: 'METHOD_WRONG', message, headers: { allow } });
}

/** A whole answer as bytes, for a connection on which no request could be read; it is the last one there. */
export function rawAnswer(failure: Failure): string {
  const body = printed(failure);
  const head = [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ''}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function printed({ code, message }: Failure): string {
  return JSON.stringify({ code, message });
}
