import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../../../support/loopback.ts';

export interface PageServer {
  readonly url: string;
  /** What is answered from now on: a page, or a status alone. */
  answer: string | number;
  /** The requests so far. */
  readonly requests: IncomingMessage[];
  stop(): Promise<void>;
}

/** Serves one page, for what no real manager can be brought to do when a test needs it. */
export async function servePage(answer: string | number): Promise<PageServer> {
  const requests: IncomingMessage[] = [];
  const page = { answer };
  const server = createServer((request, response) => {
    requests.push(request);
    if (typeof page.answer === 'number') response.writeHead(page.answer).end();
    else response.end(page.answer);
  });
  const { port, stop } = await listenOnLoopback(server);
  return Object.assign(page, { url: `http://127.0.0.1:${port}/metrics`, requests, stop });
}
