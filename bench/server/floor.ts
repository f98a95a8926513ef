import { once } from 'node:events';
import { createServer } from 'node:https';
import { createAuthority, createServing } from '../../certs/authority.ts';
import { answerCpu, tell } from './child.ts';

// A bare Node server over TLS that parses each call and prints an answer, as anybody would with JSON: it decides nothing.
const now = Date.now() / 1000;
const authority = await createAuthority(now);
const serving = await createServing(authority, ['127.0.0.1'], now);
const began = performance.now();
const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = Buffer.from(
      JSON.stringify(answerTo(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString()))),
    );
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
tell({ kind: 'serving', port, authority: authority.certificate, readyMilliseconds: performance.now() - began });
process.on('message', answerCpu);
process.on('disconnect', () => process.exit());

interface Call {
  readonly NodeNames?: readonly string[];
  readonly request?: { readonly uid: string };
}

function answerTo(url: string, { NodeNames = [], request }: Call): object {
  if (url.endsWith('/filter')) return { NodeNames };
  if (url.endsWith('/prioritize')) return NodeNames.map((Host) => ({ Host, Score: 5 }));
  const response = { uid: request?.uid, allowed: true, patchType: 'JSONPatch', patch: 'W10=' };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
