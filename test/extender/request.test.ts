import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BarographError } from '../../src/core/errors.ts';
import { readCall } from '../../src/extender/calls.ts';
import { createPlaces } from '../../src/extender/name-places.ts';
import { readNodeCall } from '../../src/extender/request.ts';
import { namesBody, nodesBody, podObject } from './support/bodies.ts';

const pod = podObject('web-1');

test('names are read from any way that JSON can be written', () => {
  const white = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r'), maxLength: 3 });
  const name = fc.string({ unit: fc.constantFrom(...'abc-ö"\\') });
  fc.assert(
    fc.property(
      fc.array(name),
      white,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (names, space, turn, escaped, lower) => {
        const body = printed(names, space, { turn, escaped, lower });
        const places = createPlaces(1);
        const call = readCall(Buffer.from(body), undefined, places);
        expect(places.count).toBe(names.length);
        if (call.kind === 'whole') expect(call.whole.names).toEqual(names);
        expect(call.pod).toEqual(JSON.parse(JSON.stringify(pod)));
      },
    ),
  );
});

test('the names of whole nodes are read, and the nodes kept', () => {
  const call = readNodeCall(nodesBody(pod, ['node-1', 'node-0']));
  expect(call.names).toEqual(['node-1', 'node-0']);
  expect(call.list?.items).toHaveLength(2);
});

test('names go before nodes, and no names are no nodes', () => {
  const both = { Pod: pod, Nodes: { items: [{ metadata: { name: 'other' } }] }, NodeNames: ['node-0'] };
  expect(readNodeCall(Buffer.from(JSON.stringify(both)))).toMatchObject({ names: ['node-0'], list: undefined });
  expect(readNodeCall(Buffer.from('{"Nodes":{"items":null}}')).names).toEqual([]);
});

describe('a body that is no ExtenderArgs is refused', () => {
  test.each([
    ['', /expected JSON, received 0 bytes that are none/],
    ['{"Pod":', /expected JSON/],
    ['[]', /expected a JSON object/],
    ['null', /expected a JSON object/],
    ['"text"', /expected a JSON object/],
    ['{}', /expected NodeNames or Nodes, found neither/],
    ['{"NodeNames":null,"Nodes":null}', /found neither/],
    ['{"NodeNames":"node-0"}', /NodeNames to be a list of texts/],
    ['{"NodeNames":["node-0",1]}', /NodeNames to be a list of texts/],
    ['{"Nodes":{"items":{}}}', /Nodes.items to be a list/],
    ['{"Nodes":{"items":[{"metadata":{}}]}}', /every node to have metadata.name/],
    ['{"Nodes":{"items":[null]}}', /every node to have metadata.name/],
  ])('%s', (body, message) => {
    expect(() => readNodeCall(Buffer.from(body))).toThrow(message);
    expect(() => readNodeCall(Buffer.from(body))).toThrow(BarographError);
  });

  test('and its text is not repeated, as it may hold what nobody else should read', () => {
    expect(() => readNodeCall(Buffer.from('{"Pod": hunter2'))).toThrow(/^(?!.*hunter2)/);
  });
});

/** A body with its keys in another order, in lower case, escaped, with white space everywhere. */
function printed(
  names: readonly string[],
  space: string,
  how: { readonly turn: boolean; readonly escaped: boolean; readonly lower: boolean },
): string {
  const quoted = (text: string): string =>
    how.escaped
      ? `"${[...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(text);
  const key = (text: string): string => JSON.stringify(how.lower ? text.toLowerCase() : text);
  const fields = [
    `${key('Pod')}${space}:${JSON.stringify(pod)}`,
    `${key('Nodes')}:${space}null`,
    `${key('NodeNames')}:${space}[${space}${names.map(quoted).join(`${space},${space}`)}${space}]`,
  ];
  if (how.turn) fields.reverse();
  return `${space}{${fields.join(`,${space}`)}${space}}${space}`;
}

test('the usual body takes the short way', () => {
  expect(readCall(namesBody(pod, ['a']), undefined, createPlaces()).kind).toBe('bytes');
  expect(readCall(nodesBody(pod, ['a']), undefined, createPlaces()).kind).toBe('whole');
});
