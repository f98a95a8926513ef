import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';

/** Starts a server on a free port of the loopback interface. */
export async function listenOnLoopback(
  server: Server | HttpServer,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  return { port, stop };
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const { port, stop } = await listenOnLoopback(createServer());
  await stop();
  return port;
}
