import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, openConnection, readBody } from '../../src/cluster/connection.ts';
import { fieldsOf } from '../../src/cluster/fields.ts';
import { Reflector, type ReflectorOptions } from '../../src/cluster/reflector.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { waitFor } from './wait-for.ts';

// An API server that answers what a real one answers rarely: each request takes the next answer of the script, the last one stays.
type Answer = (response: ServerResponse, query: URLSearchParams) => void;

let server: Server;
let folder: string;
let connection: Connection;
let lists: Answer[];
let watches: Answer[];
const asked: string[] = [];

beforeEach(async () => {
  [lists, watches] = [[], []];
  asked.length = 0;
  server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'barograph-reflector-'));
  connection = openConnection({ kubeconfig: kubeconfigFor(server) });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test('lists again after an event that says the version is too old, and drops what is gone', async () => {
  lists = [list('10', ['a', 'b']), list('20', ['b', 'c'])];
  watches = [events({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } }), silence];
  const replaced: number[] = [];
  const reflector = reflect({ onReplace: () => replaced.push(reflector.items.size) });
  await waitFor(() => reflector.counts.relists === 1, 5, 'a second list');
  expect([...reflector.items.keys()]).toEqual(['b', 'c']);
  expect(replaced).toEqual([2, 2]);
  expect(reflector.counts).toMatchObject({ lists: 2, errors: 0 });
  await reflector.close();
});

test('goes on from the last event after a broken connection, without a new list', async () => {
  lists = [list('10', ['a'])];
  watches = [
    (response) => {
      response.write(`${JSON.stringify(event('ADDED', 'b', '11'))}\n{"type":"ADDED","obj`);
      setTimeout(() => response.destroy(), 20);
    },
    events(event('BOOKMARK', '', '15'), event('DELETED', 'a', '16'), event('MODIFIED', 'b', '17')),
    silence,
  ];
  const changes: [string, boolean, boolean][] = [];
  const reflector = reflect({
    onChange: (key, before, after) => changes.push([key, before !== undefined, after !== undefined]),
  });
  await waitFor(() => asked.filter((path) => path.includes('watch=true')).length === 3, 5, 'a third watch');
  const versions = asked.flatMap((path) => new URLSearchParams(path.split('?')[1]).get('resourceVersion') ?? []);
  expect(versions).toEqual(['10', '11', '17']);
  expect(changes).toEqual([
    ['b', false, true],
    ['a', true, false],
  ]);
  expect(reflector.counts).toMatchObject({ lists: 1, relists: 0, events: 3, errors: 1 });
  await reflector.close();
});

test('survives answers that are no JSON, errors of the server and a listener that throws', async () => {
  lists = [text(500, 'internal'), text(200, '<html>'), list('1', ['a'])];
  watches = [text(200, 'nonsense\n'), text(429, 'later'), events(event('ADDED', 'b', '2')), silence];
  const reflector = reflect({
    onChange: () => {
      throw new TypeError('a listener');
    },
  });
  await waitFor(() => reflector.items.has('b'), 18, 'the event');
  expect(reflector.counts.errors).toBe(5);
  await reflector.close();
});

test('starts a list anew when its place is lost between two pages', async () => {
  lists = [list('1', ['a'], 'more'), text(410, '{"code":410}'), list('5', ['b'], 'more'), list('5', ['c'])];
  watches = [silence];
  const reflector = reflect();
  await waitFor(() => reflector.synced, 5, 'the list');
  expect([...reflector.items.keys()]).toEqual(['b', 'c']);
  expect(reflector.counts).toMatchObject({ lists: 1, errors: 0 });
  await reflector.close();
});

test('takes a kind that may be absent as empty, and one that may not as not known', async () => {
  lists = [text(404, 'page not found')];
  const [optional, required] = [reflect({ retryAbsentSeconds: 60 }), reflect()];
  await waitFor(() => required.counts.errors > 0 && optional.synced, 5, 'both to be asked for');
  expect(required.synced).toBe(false);
  await Promise.all([optional.close(), required.close()]);
});

test('ends a request whose server falls silent', async () => {
  watches = [
    (response) => {
      response.write('{}');
    },
  ];
  const signal = new AbortController().signal;
  const response = await connection.get({
    path: '/things?watch=true',
    accept: 'application/json',
    signal,
    idleSeconds: 0.2,
  });
  await expect(readBody(response)).rejects.toThrow();
});

function respond(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  asked.push(path);
  const query = new URLSearchParams(path.split('?')[1]);
  const script = query.has('watch') ? watches : lists;
  const answer = script.length > 1 ? script.shift() : script[0];
  answer?.(response, query);
}

function reflect(more: Partial<ReflectorOptions<unknown>> = {}): Reflector<unknown> {
  const reflector = new Reflector<unknown>({
    path: '/things',
    connection,
    logger: silentLogger,
    clock: systemClock,
    random: () => 0,
    project: (object) => fieldsOf(fieldsOf(object).metadata).name,
    ...more,
  });
  reflector.start();
  return reflector;
}

function list(resourceVersion: string, names: readonly string[], more = ''): Answer {
  const items = names.map((name) => ({ metadata: { name } }));
  return text(200, JSON.stringify({ metadata: { resourceVersion, continue: more }, items }));
}

function event(type: string, name: string, resourceVersion: string): object {
  return { type, object: { metadata: { name, resourceVersion } } };
}

function events(...all: readonly object[]): Answer {
  return text(200, all.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

function text(status: number, body: string): Answer {
  return (response) => response.writeHead(status).end(body);
}

function silence(response: ServerResponse): void {
  response.flushHeaders();
}

function kubeconfigFor(of: Server): string {
  const address = of.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
