import { pino } from 'pino';
import { describeError } from './errors.ts';

/** What code needs of a logger: pino's, narrowed. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretKeys = [
  'authorization',
  'token',
  'password',
  'privateKey',
  'key',
  'caKey',
  'secret',
  'cookie',
  'bearerToken',
];

/** JSON lines on stderr, so that stdout stays for results. Values under keys that name secrets are never printed. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      redact: {
        paths: [...secretKeys, ...secretKeys.map((key) => `*.${key}`), ...secretKeys.map((key) => `*.*.${key}`)],
        censor: '[secret]',
      },
      serializers: { error: redactedError },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** A logger that says nothing. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

/** The text of an error with its causes; user:password in URLs and bearer tokens are cut out. */
export function redactedError(error: unknown): string {
  return describeError(error)
    .replace(/\/\/[^/@\s]+@/g, '//[secret]@')
    .replace(/(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [secret]');
}
