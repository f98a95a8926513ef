/** Every error code of Barograph, with what it means. docs/errors.md repeats this table; a test compares the two. */
export const errorCodes = {
  ANNOTATION_INVALID: 'An annotation does not follow its grammar',
  CERTIFICATE_INVALID: 'A certificate or key cannot be read or used',
  CLUSTER_UNREACHABLE: 'The Kubernetes API cannot be reached or refuses the credentials',
  CONFIG_INVALID: 'The configuration has an unknown key or a wrong value',
  DECISION_UNKNOWN: 'No decision is recorded under this id',
  KNOWLEDGE_UNAVAILABLE: 'The knowledge base cannot be opened, read or written',
  OUTLOOK_INVALID: 'A serialised Outlook or model state is damaged or of an unknown version',
  QUANTITY_INVALID: 'A Kubernetes resource quantity cannot be read',
  REQUEST_INVALID: 'The body of a request is not what the endpoint takes',
  REQUEST_TOO_LARGE: 'The body of a request is larger than the endpoint takes',
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
