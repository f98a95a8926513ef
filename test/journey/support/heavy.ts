import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Served } from './served.ts';

/** How often each answer came to large requests: a status, or `none` where the connection broke. */
export type Answers = Record<string, number>;

export interface Heavy {
  /** Ends it, and waits for what is under way. */
  stop(): Promise<Answers>;
}

/** A request of some mebibytes again and again from several sides: a review of a pod with large annotations, or names of nodes. */
export function startHeavy(served: Served, path: string, body: Buffer, sides: number): Heavy {
  const answers: Answers = {};
  let isOver = false;
  const side = async (): Promise<void> => {
    while (!isOver) {
      const answer = await statusOf(served, path, body);
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (answer !== '200') await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const all = Promise.all(Array.from({ length: sides }, side));
  return {
    async stop() {
      isOver = true;
      await all;
      return answers;
    },
  };
}

/** A review of about so many bytes. */
export function largeReview(bytes: number): Buffer {
  const annotations = Object.fromEntries(
    Array.from({ length: Math.ceil(bytes / 1024) }, (_, i) => [`example.org/a${i}`, 'x'.repeat(1000)]),
  );
  const metadata = { name: 'large', namespace: 'shop', annotations };
  const object = { metadata, spec: { containers: [{ name: 'app', image: 'example.org/app:1' }] } };
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const review = { uid: 'large', kind, namespace: 'shop', operation: 'CREATE', object };
  return Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: review }));
}

/** A call of the scheduler with so many names of nodes that there are none of. */
export function manyNames(count: number): Buffer {
  const names = Array.from({ length: count }, (_, i) => `node-${i}-${'x'.repeat(230)}`);
  return Buffer.from(
    JSON.stringify({ Pod: { metadata: { name: 'one', namespace: 'shop' }, spec: {} }, NodeNames: names }),
  );
}

function statusOf({ url, certs }: Served, path: string, body: Buffer): Promise<string> {
  const ca = readFileSync(join(certs, 'ca.crt'), 'utf8');
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve) => {
    const call = request(
      `${url}${path}`,
      { method: 'POST', ca, agent: false, headers, timeout: 20_000 },
      (response) => {
        response.resume();
        response.on('end', () => resolve(String(response.statusCode)));
        response.on('error', () => resolve('none'));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve('none'));
    call.end(body);
  });
}
