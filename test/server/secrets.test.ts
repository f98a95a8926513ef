import { expect, test } from 'vitest';
import type { Logger } from '../../src/core/log.ts';
import { tokenAccess } from '../../src/server/token-access.ts';
import { admitObjectives } from '../../src/webhook/admit-objectives.ts';
import { heard, startEdge, until } from './support/edge.ts';

const secret = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';

test('what clients must keep secret is in no log line, no answer and no metric', async () => {
  const lines: string[] = [];
  const keep = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
  const failing = { post: () => Promise.reject(new TypeError(`POST with Bearer ${secret} failed`)) };
  const edge = await startEdge({
    logger,
    access: tokenAccess({ reviewer: failing, logger }),
    hot: {
      '/admission/objectives': admitObjectives,
      '/extender/filter': () => {
        throw new TypeError(`https://user:${secret}@prometheus:9090 did not answer`);
      },
    },
  });
  const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}` };
  const pod = { spec: { containers: [{ env: [{ name: 'PASSWORD', value: secret }] }] } };
  const review = { apiVersion: 'admission.k8s.io/v1', request: { uid: 'u', kind: { kind: 'Pod' }, object: pod } };
  const answers = [
    await edge.call('GET', '/api/v1/status', { headers }),
    await edge.call('GET', '/api/v1/decisions', { headers: { authorization: `Basic ${secret}` } }),
    await edge.call('GET', `/made-up?token=${secret}`, { headers }),
    await edge.call('POST', '/admission/objectives', { headers, body: JSON.stringify(review) }),
    await edge.call('POST', '/admission/objectives', { headers, body: JSON.stringify(review).slice(0, -2) }),
    await edge.call('POST', '/extender/filter', { headers, body: '{}' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 401, 404, 200, 400, 500]);
  const socket = await edge.open();
  const said = heard(socket);
  socket.write(`GET /healthz HTTP/1.1\r\nauthorization: Bearer ${secret}\r\n broken\r\n\u0000\r\n\r\n`);
  const raw = await said;
  await until(() => lines.length >= 3, 'the failures to be logged');
  const everything = [
    ...lines,
    ...answers.flatMap(({ headers: said, body }) => [JSON.stringify(said), body.toString()]),
    raw,
    await edge.registry.metrics(),
  ].join('\n');
  expect(everything).not.toContain(secret);
  expect(lines.join('\n')).toContain('Bearer [secret]');
  expect(lines.join('\n')).toContain('//[secret]@prometheus:9090');
  await edge.server.close(1);
});
