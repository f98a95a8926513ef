import type { RequestHandler } from 'express';
import { z } from 'zod';
import { BarographError } from '../core/errors.ts';
import type { ApiData, DecisionQuery } from './api-data.ts';
import { parameter } from './parameter.ts';

const mostDecisions = 1000;
const usualDecisions = 50;

const scope = z.enum(['all', 'local']).default('all');

const querySchema = z.strictObject({
  scope,
  limit: z.coerce.number().int().min(1).max(mostDecisions).default(usualDecisions),
  namespace: z.string().min(1).optional(),
  workload: z
    .string()
    .regex(/^(?:[^/]+\/)?[^/]+$/, 'expected a name or Kind/name')
    .optional(),
});

const scopeSchema = z.strictObject({ scope });

/** `GET /api/v1/decisions/{id}?scope=`. */
export function decisionRoute(data: ApiData): RequestHandler {
  return async (request, response) => {
    const id = parameter(request, 'id');
    const decision = await data.decision(id, checked(scopeSchema, request.query).scope);
    if (decision === undefined) throw new BarographError('DECISION_UNKNOWN', `no decision is recorded under '${id}'`);
    response.json(decision);
  };
}

/** `GET /api/v1/decisions?limit=&namespace=&workload=&scope=`: the newest first. */
export function decisionsRoute(data: ApiData): RequestHandler {
  return async (request, response) => {
    response.json({ decisions: await data.decisions(readQuery(request.query)) });
  };
}

function readQuery(given: unknown): DecisionQuery {
  const { limit, namespace, workload, scope } = checked(querySchema, given);
  const [name = '', kind] = (workload ?? '').split('/').toReversed();
  return {
    limit,
    scope,
    ...(namespace === undefined ? {} : { namespace }),
    ...(workload === undefined ? {} : { workload: { name, ...(kind === undefined ? {} : { kind }) } }),
  };
}

function checked<T>(schema: z.ZodType<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw new BarographError('REQUEST_INVALID', `the query: ${problems.join('; ')}`);
}
