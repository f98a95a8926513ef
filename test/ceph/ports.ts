import { createServer } from 'node:net';
import { BarographError } from '../../src/core/errors.ts';

// Below the range that outgoing connections get theirs from: daemons are started one after the other, and one's connection must not take another's port.
const lowest = 20_000;
const highest = 32_000;
const tries = 50;

/** A free port that no outgoing connection will take. */
export async function steadyPort(): Promise<number> {
  for (let count = 0; count < tries; count += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
  throw new BarographError('INTERNAL', `expected a free port from ${lowest} to ${highest}, found none`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
