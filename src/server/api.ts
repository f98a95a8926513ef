import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { BarographError } from '../core/errors.ts';
import { type Logger, redactedError } from '../core/log.ts';
import { type Access, guard } from './access.ts';
import { type Failure, failureOf, sendFailure, sendMethods } from './answer.ts';
import type { ApiData } from './api-data.ts';
import { decisionRoute, decisionsRoute } from './api-decisions.ts';
import { forecastsRoute } from './api-forecasts.ts';
import { outlookRoute } from './api-outlook.ts';
import { statusRoute } from './api-status.ts';
import { storageRoute } from './api-storage.ts';
import { type ApiEndpoint, apiEndpoints, expressPath } from './endpoints.ts';
import { liveRoute, type ReadyCheck, readyRoute } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface ApiOptions {
  readonly data: ApiData;
  /** What must be so before requests are to come; all of it is shown by `/readyz`. */
  readonly ready: () => readonly ReadyCheck[];
  /** Who may read `/api/v1`. */
  readonly access: Access;
}

/** Everything that is not hot, as an express application. */
export function createApi(
  options: ApiOptions,
  metrics: Metrics,
  logger: Logger,
): (request: IncomingMessage, response: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(safeHeaders);
  app.use('/api', guard(options.access, metrics));
  const handlers = handlersOf(options, metrics);
  for (const endpoint of apiEndpoints) {
    app
      .route(expressPath(endpoint))
      .get(handlers[endpoint])
      .all((request, response) => sendMethods(request, response, 'GET, HEAD'));
  }
  app.use((request: Request, response: Response) => sendFailure(request, response, unknownPath));
  app.use(failed(logger));
  return app;
}

function handlersOf({ data, ready }: ApiOptions, metrics: Metrics): Record<ApiEndpoint, RequestHandler> {
  return {
    '/healthz': liveRoute(),
    '/readyz': readyRoute(ready),
    '/metrics': async (_request, response) => {
      const text = await metrics.registry.metrics();
      response.set('content-type', metrics.registry.contentType).send(text);
    },
    '/api/v1/status': statusRoute(data),
    '/api/v1/outlook': outlookRoute(data),
    '/api/v1/decisions': decisionsRoute(data),
    '/api/v1/decisions/{id}': decisionRoute(data),
    '/api/v1/forecasts/{namespace}/{kind}/{name}': forecastsRoute(data),
    '/api/v1/storage': storageRoute(data),
  };
}

const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  next();
};

const unknownPath: Failure = { status: 404, code: 'PATH_UNKNOWN', message: 'nothing is served at this path' };

function failed(logger: Logger) {
  // Express tells a handler of errors by its four parameters.
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const failure = failureOf(isBadUrl(error) ? new BarographError('REQUEST_INVALID', error.message) : error);
    if (failure.status >= 500) logger.error({ path: request.path, error: redactedError(error) }, 'a request failed');
    sendFailure(request, response, failure);
  };
}

// What express throws for a path that is not percent-encoded as it must be.
function isBadUrl(error: unknown): error is Error {
  return error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400);
}
