/** Every error code of Barograph, with what it means. docs/errors.md repeats this table; a test compares the two. */
export const errorCodes = {
  ACCESS_DENIED: 'The caller may not read this: no bearer token, one that is not accepted, or no right to the path',
  ANNOTATION_INVALID: 'An annotation does not follow its grammar',
  CERTIFICATE_INVALID: 'A certificate or key cannot be read or used',
  CLUSTER_UNREACHABLE: 'The Kubernetes API cannot be reached or refuses the credentials',
  CONFIG_INVALID: 'The configuration has an unknown key or a wrong value',
  DECISION_UNKNOWN: 'No decision is recorded under this id',
  DRIVER_GONE: 'The driver of the policy protocol went away before it had its answer',
  FORECAST_UNKNOWN: 'There is no forecast for this workload',
  INTERNAL: 'A request failed for a reason that only the log tells',
  KNOWLEDGE_UNAVAILABLE: 'The knowledge base cannot be opened, read or written',
  METHOD_WRONG: 'The path does not take this HTTP method',
  OUTLOOK_INVALID: 'A serialised Outlook or model state is damaged or of an unknown version',
  OUTLOOK_MISSING: 'No Outlook was published yet',
  PATH_UNKNOWN: 'Nothing is served at this path',
  POLICY_FAILED: 'A policy ended early, or answered what the policy protocol does not allow',
  PROTOCOL_INVALID: 'A line of the policy protocol cannot be read',
  QUANTITY_INVALID: 'A Kubernetes resource quantity cannot be read',
  REQUEST_INVALID: 'The body of a request is not what the endpoint takes',
  REQUEST_TOO_LARGE: 'The body of a request is larger than the endpoint takes',
  REQUEST_TOO_SLOW: 'A request did not arrive whole in time',
  SERVER_BUSY: 'Too many bytes of requests are under way; try again',
  SOURCE_LIMIT: 'The metrics server refused a query as too large even after it was split',
  SOURCE_UNAVAILABLE: 'A source of measurements does not answer or answers with an error',
  TRACE_INVALID: 'A trace file cannot be read',
  USAGE_WRONG: 'The command was called with wrong arguments',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/**
 * The one base class of errors. `code` is stable and documented; the message says what was expected, what came and
 * where; `cause` keeps what was caught.
 */
export class BarographError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BarographError';
    this.code = code;
  }
}

/** The text of anything thrown, with the texts of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof BarographError ? `${error.message} (${error.code})` : error.message || error.name;
  return error.cause === undefined ? own : `${own}: ${describeError(error.cause)}`;
}
