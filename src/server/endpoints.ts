/** The endpoints that admission and scheduling wait for, with the most bytes that each takes. docs/http.md describes them; a test compares. */
export const hotEndpoints = {
  // An object of the API is at most 3 MB as sent, and a review of an update holds it twice.
  '/admission/pods': 8 * 2 ** 20,
  '/admission/objectives': 8 * 2 ** 20,
  '/admission/claims': 8 * 2 ** 20,
  // 100,000 node names of 253 bytes are 26 MB; callers that are not nodeCacheCapable send whole nodes.
  '/extender/filter': 64 * 2 ** 20,
  '/extender/prioritize': 64 * 2 ** 20,
  '/extender/preempt': 64 * 2 ** 20,
  // A claim and names of pools.
  '/pools/score': 8 * 2 ** 20,
} as const;

/** The most bytes for a hot path that is not in the table. */
export const otherBodyBytes = 8 * 2 ** 20;

/** What express serves, GET and HEAD. */
export const apiEndpoints = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/v1/status',
  '/api/v1/outlook',
  '/api/v1/decisions',
  '/api/v1/decisions/{id}',
  '/api/v1/forecasts/{namespace}/{kind}/{name}',
  '/api/v1/storage',
] as const;

export type ApiEndpoint = (typeof apiEndpoints)[number];

const patterns = apiEndpoints.map(
  (endpoint) => [endpoint, new RegExp(`^${endpoint.replaceAll(/\{\w+\}/g, '[^/]+')}$`)] as const,
);

/** The endpoint that a path belongs to, 'other' when none: the only values that a label of metrics may take. */
export function apiEndpointOf(path: string): ApiEndpoint | 'other' {
  return patterns.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}

/** As express writes it: `/api/v1/decisions/:id`. */
export function expressPath(endpoint: ApiEndpoint): string {
  return endpoint.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** The path of a request's target, without its query. */
export function pathOf(target: string | undefined): string {
  const url = target ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
