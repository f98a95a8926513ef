/** What one client, or all together, may take of the server. */
export interface ServerLimits {
  /** The most bytes of a body by hot path; what is not named keeps the limit of endpoints.ts. */
  readonly bodyBytes: Readonly<Record<string, number>>;
  /** Bytes of bodies that may be held together while they are received; more is answered with 503. */
  readonly bodyBytesUnderWay: number;
  /** What the process may take in all; near it large bodies are answered with 503. */
  readonly memoryBytes: number;
  readonly headBytes: number;
  readonly connections: number;
  readonly handshakeSeconds: number;
  /** For the head of a request. */
  readonly headSeconds: number;
  /** For a whole request, its body included. */
  readonly requestSeconds: number;
  /** How long a connection without a request stays open. */
  readonly idleSeconds: number;
}

export const defaultLimits: ServerLimits = {
  bodyBytes: {},
  bodyBytesUnderWay: 256 * 2 ** 20,
  memoryBytes: Number.POSITIVE_INFINITY,
  headBytes: 16 * 2 ** 10,
  connections: 4096,
  handshakeSeconds: 10,
  headSeconds: 10,
  // The longest time-out that a webhook can have.
  requestSeconds: 30,
  // Clients written in Go drop an idle connection after 90 s: were ours shorter, a request could meet a closing connection.
  idleSeconds: 120,
};

// The largest body that a hot route takes.
const leastBytesUnderWay = 64 * 2 ** 20;
const underWayShare = 1 / 8;

/** What bodies under way may take in a process that may take so many bytes in all: where a container is small, less than usual. */
export function limitsWithin(memoryBytes: number): Pick<ServerLimits, 'bodyBytesUnderWay' | 'memoryBytes'> {
  const underWay = Math.floor(memoryBytes * underWayShare);
  return { memoryBytes, bodyBytesUnderWay: Math.min(defaultLimits.bodyBytesUnderWay, underWay) };
}

/** What each of so many threads may take, so that together they take no more; each takes the largest body, where there is room for two of them. */
export function limitsPerThread(limits: ServerLimits, threads: number): ServerLimits {
  if (threads <= 1) return limits;
  return {
    ...limits,
    connections: Math.ceil(limits.connections / threads),
    bodyBytesUnderWay: Math.max(
      Math.min(leastBytesUnderWay, Math.floor(limits.bodyBytesUnderWay / 2)),
      Math.floor(limits.bodyBytesUnderWay / threads),
    ),
  };
}
