import { z } from 'zod';
import { BarographError } from '../core/errors.ts';

/** Sends an object to the Kubernetes API by POST; the JSON that comes back, whatever its status. Rejects when nothing comes. */
export interface Reviewer {
  post(path: string, body: object): Promise<{ readonly status: number; readonly body: unknown }>;
}

const userSchema = z.object({
  username: z.string(),
  uid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  extra: z.record(z.string(), z.array(z.string())).optional(),
});

/** Who a token is. */
export type TokenUser = z.output<typeof userSchema>;

// Of a token that is not accepted the API server gives an empty user.
const tokenReviewSchema = z.object({
  status: z.union([
    z.object({ authenticated: z.literal(true), user: userSchema }),
    z.object({ authenticated: z.literal(false).optional() }).transform(() => ({ user: undefined })),
  ]),
});

const accessReviewSchema = z.object({ status: z.object({ allowed: z.boolean(), denied: z.boolean().optional() }) });

/** The user of a token, undefined when the API server does not accept it. Throws CLUSTER_UNREACHABLE when it will not say. */
export async function reviewToken(reviewer: Reviewer, token: string): Promise<TokenUser | undefined> {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const { status } = await send(reviewer, path, review, tokenReviewSchema);
  return status.user;
}

/** Whether a user may get a path that is no resource of the API. Throws CLUSTER_UNREACHABLE when the API server will not say. */
export async function reviewAccess(reviewer: Reviewer, user: TokenUser, path: string): Promise<boolean> {
  const { username, ...rest } = user;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, ...rest, nonResourceAttributes: { path, verb: 'get' } },
  };
  const { status } = await send(
    reviewer,
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    review,
    accessReviewSchema,
  );
  return status.allowed && status.denied !== true;
}

async function send<T extends z.ZodType>(
  reviewer: Reviewer,
  path: string,
  review: object,
  schema: T,
): Promise<z.output<T>> {
  const { status, body } = await reviewer.post(path, review);
  const read = schema.safeParse(body);
  // Neither the token nor what was said about it belongs into a message.
  if (status < 200 || status > 299 || !read.success) {
    throw new BarographError('CLUSTER_UNREACHABLE', `expected a review from POST ${path}, received status ${status}`);
  }
  return read.data;
}
