import type { IncomingMessage, ServerResponse } from 'node:http';
import { monotonicMilliseconds } from '../core/clock.ts';
import { type Logger, redactedError } from '../core/log.ts';
import { type Failure, failureOf, sendFailure, sendJson, sendMethods } from './answer.ts';
import { type BodyBudget, type BodyOutcome, takeBody } from './body.ts';
import { dropSlowly } from './refused-body.ts';

/**
 * Raw body in, JSON out: it is called on the event loop and must not do anything that others wait for. A promise only where another thread answers. From
 * `deadlineMilliseconds` on (monotonicMilliseconds) nobody waits for the answer; undefined where the client does not say how long it waits.
 */
export type HotHandler = (body: Buffer, deadlineMilliseconds?: number) => Buffer | Promise<Buffer>;

export interface HotRoute {
  readonly path: string;
  readonly handler: HotHandler;
  readonly onSent?: ((answer: Buffer) => void) | undefined;
  readonly limitBytes: number;
  readonly budget: BodyBudget;
  readonly logger: Logger;
}

/** Answers one request to a hot path: a POST whose body is not compressed. */
export function answerHot(request: IncomingMessage, response: ServerResponse, route: HotRoute): void {
  if (request.method !== 'POST') {
    sendMethods(request, response, 'POST');
    return;
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const message = `expected a body that is not compressed, received content-encoding ${encoding}`;
    const headers = { 'accept-encoding': 'identity' };
    sendFailure(request, response, { status: 415, code: 'REQUEST_INVALID', message, headers });
    return;
  }
  const deadline = deadlineOf(request.url);
  takeBody(request, route.limitBytes, route.budget, (outcome) =>
    answerBody(request, response, route, outcome, deadline),
  );
}

/** The API server says `?timeout=3s`, whole seconds from its sending the request, which was a moment ago. */
function deadlineOf(url: string | undefined): number | undefined {
  const at = url?.indexOf('?') ?? -1;
  if (url === undefined || at === -1) return undefined;
  const seconds = /[?&]timeout=(\d{1,3})s(?:&|$)/.exec(url)?.[1];
  return seconds === undefined ? undefined : monotonicMilliseconds() + 1000 * Number(seconds);
}

function answerBody(
  request: IncomingMessage,
  response: ServerResponse,
  route: HotRoute,
  outcome: BodyOutcome,
  deadline: number | undefined,
): void | Promise<void> {
  if (outcome.kind === 'aborted') return;
  if (outcome.kind !== 'whole') dropSlowly(request, response);
  if (outcome.kind === 'too-large') {
    const message = `expected at most ${route.limitBytes} bytes at ${route.path}`;
    sendFailure(request, response, { status: 413, code: 'REQUEST_TOO_LARGE', message });
  } else if (outcome.kind === 'busy') sendFailure(request, response, busy);
  else return answerWhole(request, response, route, outcome.body, deadline);
}

const busy: Failure = {
  status: 503,
  code: 'SERVER_BUSY',
  message: 'too many bytes of requests are under way; try again',
  headers: { 'retry-after': '1' },
};

function answerWhole(
  request: IncomingMessage,
  response: ServerResponse,
  route: HotRoute,
  body: Buffer,
  deadline: number | undefined,
): void | Promise<void> {
  try {
    const answer = route.handler(body, deadline);
    if (Buffer.isBuffer(answer)) send(request, response, route, answer);
    else return answerLater(request, response, route, answer);
  } catch (error) {
    fail(request, response, route, error);
  }
}

function send(request: IncomingMessage, response: ServerResponse, { onSent }: HotRoute, answer: Buffer): void {
  sendJson(request, response, 200, answer);
  if (onSent !== undefined) response.once('close', () => onSent(answer));
}

async function answerLater(
  request: IncomingMessage,
  response: ServerResponse,
  route: HotRoute,
  answer: Promise<Buffer>,
): Promise<void> {
  try {
    send(request, response, route, await answer);
  } catch (error) {
    fail(request, response, route, error);
  }
}

function fail(request: IncomingMessage, response: ServerResponse, route: HotRoute, error: unknown): void {
  const failure = failureOf(error);
  const fields = { path: route.path, error: redactedError(error) };
  if (failure.status >= 500) route.logger.error(fields, 'a request failed');
  else route.logger.debug(fields, 'a request was refused');
  sendFailure(request, response, failure);
}
