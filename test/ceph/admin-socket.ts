import { connect } from 'node:net';
import { BarographError } from '../../src/core/errors.ts';

const answerSeconds = 10;

/** Asks a daemon by its admin socket, as `ceph daemon` does, without the half second that starting that takes. */
export function askDaemon(
  path: string,
  prefix: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    socket.setTimeout(answerSeconds * 1000, () =>
      socket.destroy(new BarographError('INTERNAL', `${path} does not answer`)),
    );
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => {
      // Four bytes of length, then the answer.
      const text = Buffer.concat(chunks).subarray(4).toString('utf8');
      try {
        resolve(text.trim() === '' ? undefined : JSON.parse(text));
      } catch (cause) {
        reject(new BarographError('INTERNAL', `${path}: ${prefix} is answered by ${text.slice(0, 200)}`, { cause }));
      }
    });
    socket.write(`${JSON.stringify({ prefix, format: 'json', ...args })}\0`);
  });
}
