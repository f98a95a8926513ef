import type { RequestHandler } from 'express';
import { z } from 'zod';
import { BarographError } from '../core/errors.ts';
import type { ApiData, DecisionQuery } from './api-data.ts';
import { parameter } from './parameter.ts';

const mostDecisions = 1000;
const usualDecisions = 50;

const querySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostDecisions).default(usualDecisions),
  namespace: z.string().min(1).optional(),
  workload: z
    .string()
    .regex(/^(?:[^/]+\/)?[^/]+$/, 'expected a name or Kind/name')
    .optional(),
});

/** `GET /api/v1/decisions/{id}`. */
export function decisionRoute(data: ApiData): RequestHandler {
  return async (request, response) => {
    const id = parameter(request, 'id');
    const decision = await data.decision(id);
    if (decision === undefined) throw new BarographError('DECISION_UNKNOWN', `no decision is recorded under '${id}'`);
    response.json(decision);
  };
}

/** `GET /api/v1/decisions?limit=&namespace=&workload=`: the newest first. */
export function decisionsRoute(data: ApiData): RequestHandler {
  return async (request, response) => {
    response.json({ decisions: await data.decisions(readQuery(request.query)) });
  };
}

function readQuery(given: unknown): DecisionQuery {
  const result = querySchema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) =>
      [path.join('.'), message].filter(Boolean).join(': '),
    );
    throw new BarographError('REQUEST_INVALID', `the query: ${problems.join('; ')}`);
  }
  const { limit, namespace, workload } = result.data;
  const [name = '', kind] = (workload ?? '').split('/').toReversed();
  return {
    limit,
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined ? {} : { workload: { name, ...(kind === undefined ? {} : { kind }) } }),
  };
}
