import { Agent, request } from 'node:https';
import { BarographError } from '../../src/core/errors.ts';

export interface Target {
  readonly port: number;
  readonly authority: string;
  readonly path: string;
}

/** Calls a server from so many connections for a time, each with the next call as soon as the last is answered; milliseconds of each call. */
export async function load(
  target: Target,
  bodies: readonly Buffer[],
  connections: number,
  milliseconds: number,
): Promise<readonly number[]> {
  const agent = new Agent({ ca: target.authority, keepAlive: true, maxSockets: connections });
  const durations: number[] = [];
  const end = performance.now() + milliseconds;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await call(target, agent, bodies[next++ % bodies.length] ?? Buffer.alloc(0));
      durations.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  agent.destroy();
  return durations;
}

function call({ port, path }: Target, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new BarographError('INTERNAL', `expected 200 from ${path}, received ${response.statusCode}`));
      });
      response.resume();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The value that a share of the values is at most. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
