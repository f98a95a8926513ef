import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NameIndex } from '../../src/extender/name-index.ts';
import { createPlaces } from '../../src/extender/name-places.ts';
import { readNodeCall } from '../../src/extender/request.ts';
import { readBytesCall } from '../../src/extender/request-bytes.ts';
import { namesBody, podObject } from './support/bodies.ts';

const pod = podObject('web-1');

/** The names that a scan found, by the bytes at its places. */
function scanned(body: Buffer, index?: NameIndex) {
  const places = createPlaces(1);
  const call = readBytesCall(body, index, places);
  if (call === undefined) return undefined;
  const names = Array.from({ length: places.count }, (_, at) =>
    body.toString('latin1', places.starts[at], places.ends[at]),
  );
  return { pod: call.pod, names, indices: [...places.indices.subarray(0, places.count)] };
}

test('reads what kube-scheduler writes', () => {
  expect(scanned(namesBody(pod, ['node-0', 'node-1']))).toEqual({
    pod: JSON.parse(JSON.stringify(pod)),
    names: ['node-0', 'node-1'],
    indices: [-1, -1],
  });
  expect(scanned(namesBody(pod, []))?.names).toEqual([]);
});

test('finds the nodes of the table while it reads', () => {
  const index = new NameIndex(['node-1', 'node-2']);
  expect(scanned(namesBody(pod, ['node-0', 'node-2', 'node-1', 'node-10']), index)?.indices).toEqual([-1, 1, 0, -1]);
});

test('leaves every other shape to the parser', () => {
  const usual = namesBody(pod, ['node-0']).toString();
  const others = [
    '',
    '{',
    '{"Pod":{',
    '{"Pod":{"a":"\\',
    usual.slice(0, -3),
    usual.slice(0, -2),
    `${usual}\n`,
    ` ${usual}`,
    `${usual.trimEnd()} `,
    usual.replace('"NodeNames"', '"nodeNames"'),
    usual.replace('["node-0"]', '[ "node-0"]'),
    usual.replace('["node-0"]', '["node-0",]'),
    usual.replace('["node-0"]', '[,"node-0"]'),
    usual.replace('["node-0"]', '["node-0" ]'),
    usual.replace('["node-0"]', '["node-0""node-1"]'),
    usual.replace('["node-0"]', '[1]'),
    usual.replace('["node-0"]', 'null'),
    usual.replace('node-0', 'n\\u006fde-0'),
    usual.replace('node-0', 'nöde-0'),
    usual.replace('node-0', 'node\t0'),
    usual.replace('"Nodes":null', '"Nodes":{"items":[]}'),
    usual.replace('"Nodes":null,', ''),
    usual.replace('"status":{', '"status":[}'),
  ];
  for (const other of others) expect(scanned(Buffer.from(other)), other).toBeUndefined();
});

describe('compared with JSON.parse', () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom(...'abz-.09') }), { maxLength: 40 });
  const anyPod = fc.oneof(
    fc.constant(pod),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
    fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 4 }),
  );

  test('it reads the same from every body as Go writes it', () => {
    fc.assert(
      fc.property(anyPod, names, (object, list) => {
        const body = namesBody(object, list);
        const found = scanned(body);
        expect(found).toBeDefined();
        const expected = JSON.parse(body.toString()) as { Pod: unknown; NodeNames: unknown };
        expect([found?.pod, found?.names]).toEqual([expected.Pod, expected.NodeNames]);
      }),
    );
  });

  test('names of any text are read the same by the scan or the parser', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (list) => {
        const body = namesBody(pod, list);
        expect(scanned(body)?.names ?? readNodeCall(body).names).toEqual(JSON.parse(body.toString()).NodeNames);
      }),
    );
  });

  test('a damaged body is never read as something else', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\\n n0')), fc.integer({ min: 0, max: 255 }));
    const damage = fc.record({ at: fc.nat(), byte, kind: fc.constantFrom('set', 'insert', 'delete', 'cut') });
    const small = { spec: { a: ['{', '}', '"', '\\'] } };
    fc.assert(
      fc.property(names, fc.array(damage, { minLength: 1, maxLength: 3 }), (list, damages) => {
        let body = namesBody(small, list);
        for (const one of damages) body = damaged(body, one);
        const found = scanned(body);
        if (found === undefined) return;
        const expected = JSON.parse(body.toString()) as { Pod: unknown; Nodes: unknown; NodeNames: unknown };
        expect([found.pod, null, found.names]).toEqual([expected.Pod, expected.Nodes, expected.NodeNames]);
      }),
      { numRuns: 3000 },
    );
  });
});

interface Damage {
  readonly at: number;
  readonly byte: number;
  readonly kind: string;
}

function damaged(body: Buffer, { at, byte, kind }: Damage): Buffer {
  const place = at % (body.length + 1);
  const [before, after] = [body.subarray(0, place), body.subarray(place)];
  if (kind === 'cut') return before;
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), after]);
  return Buffer.concat([before, kind === 'set' ? Buffer.of(byte) : Buffer.alloc(0), after.subarray(1)]);
}
