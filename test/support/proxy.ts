import { createServer, type IncomingMessage, request } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

/**
 * What a proxy does with a request: hands it on, answers itself, breaks the connection before or in the middle of the upstream's answer, or says nothing.
 */
export type Treatment =
  | 'pass'
  | 'break'
  | 'cut'
  | 'hang'
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

export interface RunningProxy {
  readonly url: string;
  /** Path without query of every request so far. */
  readonly paths: readonly string[];
  stop(): Promise<void>;
}

/** A small HTTP proxy in front of a server of the loopback interface. */
export async function startProxy(
  upstream: string,
  treat: (request: IncomingMessage, count: number) => Treatment,
): Promise<RunningProxy> {
  const paths: string[] = [];
  const server = createServer((incoming, outgoing) => {
    paths.push((incoming.url ?? '').split('?')[0] ?? '');
    const treatment = treat(incoming, paths.length);
    if (treatment === 'hang') return;
    if (treatment === 'break') {
      incoming.socket.destroy();
      return;
    }
    if (typeof treatment === 'object') {
      outgoing.writeHead(treatment.status, treatment.headers);
      outgoing.end(treatment.body ?? '');
      return;
    }
    const call = request(
      `${upstream}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (treatment === 'cut') {
          outgoing.writeHead(200, { ...answer.headers, 'content-length': '1000000' });
          outgoing.write('{"status":"succ', () => outgoing.socket?.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    call.on('error', () => outgoing.destroy());
    incoming.pipe(call);
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, paths, stop };
}
