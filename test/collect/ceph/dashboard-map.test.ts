import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DashboardMap } from '../../../src/collect/ceph/dashboard-map.ts';
import { manualClock } from '../../../src/core/clock.ts';
import { describeError } from '../../../src/core/errors.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { recordedJson } from './support/recorded.ts';

// The real dashboard is asked in test/ceph; here it does what a real one does once in eight hours, or not at all while it is well.
const password = 'the-right-one-5';
const folder = mkdtempSync(join(tmpdir(), 'barograph-dashboard-'));
const passwordFile = join(folder, 'password');
const clock = manualClock(0);
let logIns = 0;
let token = 'first';
let url = '';
let stop = async (): Promise<void> => undefined;
let map: DashboardMap;

beforeAll(async () => {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { port, stop: end } = await listenOnLoopback(server);
  [url, stop] = [`http://127.0.0.1:${port}`, end];
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  writeFileSync(passwordFile, `${password}\n`);
  logIns = 0;
  map = new DashboardMap({ kind: 'dashboard', url, username: 'reader', passwordFile, timeout: 5 }, clock);
});
afterEach(() => map.close());

test('one log-in serves many reads', async () => {
  await map.readMap(undefined);
  expect((await map.readMap(undefined)).pools.size).toBe(4);
  expect(logIns).toBe(1);
});

test('a token that is not good any more is replaced', async () => {
  await map.readMap(undefined);
  token = 'second';
  expect((await map.readMap(undefined)).pools.size).toBe(4);
  expect(logIns).toBe(2);
});

test('a wrong password is tried once, not until the account is locked, and again when the file changes', async () => {
  writeFileSync(passwordFile, 'a-wrong-one-6');
  await expect(map.readMap(undefined)).rejects.toThrow('received status 400');
  const failure = describeError(await map.readMap(undefined).catch((error: unknown) => error));
  expect(failure).toContain('a refusal of this password a while ago');
  expect(failure).not.toContain('a-wrong-one-6');
  expect(logIns).toBe(1);
  writeFileSync(passwordFile, password);
  await map.readMap(undefined);
  expect(logIns).toBe(2);
});

test('a device that its OSD could not read has no readings', async () => {
  expect(await map.readDevice({ id: 'DISK_1', osd: 1 }, undefined)).toEqual([]);
});

test('what does not answer, and what is not a dashboard, is an error that names it', async () => {
  const nobody = new DashboardMap(
    { kind: 'dashboard', url: 'http://127.0.0.1:9', username: 'x', passwordFile, timeout: 1 },
    clock,
  );
  await expect(nobody.readMap(undefined)).rejects.toThrow(
    'expected an answer of http://127.0.0.1:9/api/auth, received no answer',
  );
  const other = new DashboardMap(
    { kind: 'dashboard', url: `${url}/other/`, username: 'x', passwordFile, timeout: 1 },
    clock,
  );
  await expect(other.readMap(undefined)).rejects.toThrow(`${url}/other/api/auth: expected JSON, received '<html>'`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  if (path.startsWith('/other')) return void response.end('<html>');
  if (request.headers.accept !== 'application/vnd.ceph.api.v1.0+json') return void response.writeHead(415).end();
  if (path === '/api/auth') return logIn(request, response);
  if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
  if (path.endsWith('/smart')) return void response.end('{"DISK_1": {"dev": "/dev/sda", "error": "smartctl failed"}}');
  const osdMap = { ...(recordedJson('osd-dump.json') as object), crush: recordedJson('crush-dump.json') };
  response.end(JSON.stringify({ health: { checks: [] }, osd_map: osdMap }));
}

async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  logIns += 1;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const isRight = (JSON.parse(body) as { readonly password: string }).password === password;
  if (isRight) response.writeHead(201).end(JSON.stringify({ token }));
  else response.writeHead(400).end('{"detail": "Invalid credentials"}');
}
