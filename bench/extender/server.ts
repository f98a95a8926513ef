import { once } from 'node:events';
import { createServer } from 'node:https';
import { Registry } from 'prom-client';
import { createAuthority, createServing } from '../../certs/authority.ts';
import { silentLogger } from '../../src/core/log.ts';
import { loopbackAccess } from '../../src/server/access.ts';
import type { HotHandler } from '../../src/server/hot-route.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer } from '../../src/server/server.ts';
import { noApiData } from './no-api-data.ts';
import { startExtender } from './world.ts';

/** What the process that serves tells the one that measures. */
export type Told =
  | { readonly kind: 'serving'; readonly authority: string; readonly ports: Readonly<Record<ServerName, number>> }
  /** Milliseconds of CPU that this process used so far, of all its threads. */
  | { readonly kind: 'cpu'; readonly milliseconds: number };

/**
 * `barograph` is the product's own server and extender; `no-op` a bare Node server that parses each call and prints an answer as anybody would with
 * JSON; `floor` the same server with no work at all: it answers at once with bytes of the size that such an answer has.
 */
export type ServerName = 'barograph' | 'no-op' | 'floor';

const now = Date.now() / 1000;
const authority = await createAuthority(now);
const serving = await createServing(authority, ['127.0.0.1'], now);
const extender = startExtender(Number(process.argv[2]));
const routes: Readonly<Record<string, HotHandler>> = {
  '/extender/filter': (body) => extender.filter(body),
  '/extender/prioritize': (body) => extender.prioritize(body),
};
const product = await startServer({
  address: '127.0.0.1:0',
  certificates: { authority: authority.certificate, serving },
  routes: { hot: routes, api: { data: noApiData, ready: () => [], access: loopbackAccess } },
  logger: silentLogger,
  metrics: createMetrics(new Registry(), { version: 'bench' }, silentLogger),
});
tell({
  kind: 'serving',
  authority: authority.certificate,
  ports: { barograph: product.port, 'no-op': await bareServer(noOp), floor: await bareServer(sameSize) },
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'cpu', milliseconds: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());

function tell(told: Told): void {
  process.send?.(told);
}

async function bareServer(answer: (url: string, body: Buffer) => Buffer): Promise<number> {
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = answer(request.url ?? '', Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function noOp(url: string, body: Buffer): Buffer {
  const { NodeNames } = JSON.parse(body.toString()) as { readonly NodeNames: readonly string[] };
  const answer = url.endsWith('/filter') ? { NodeNames } : NodeNames.map((Host) => ({ Host, Score: 5 }));
  return Buffer.from(JSON.stringify(answer));
}

// Per name: "node-00000", and {"Host":"node-00000","Score":5},
function sameSize(url: string, body: Buffer): Buffer {
  const names = Math.max(1, Math.round((body.length - 1500) / 13));
  return Buffer.alloc(names * (url.endsWith('/filter') ? 13 : 32), ' ');
}
