import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameIndex, viewOf } from '../../src/extender/name-index.ts';

function find(index: NameIndex, name: string): number {
  const bytes = Buffer.from(`<${name}>`);
  return index.find(viewOf(bytes), 1, bytes.length - 1);
}

test('finds the first of equal names, and -1 for any other', () => {
  const index = new NameIndex(['a', 'bb', 'a', '']);
  expect(['a', 'bb', '', 'b', 'ab'].map((name) => find(index, name))).toEqual([0, 1, 3, -1, -1]);
  expect(find(new NameIndex([]), 'a')).toBe(-1);
});

test('finds what a map finds', () => {
  const names = fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 200 });
  fc.assert(
    fc.property(names, names, (held, asked) => {
      const index = new NameIndex(held);
      for (const name of [...held, ...asked])
        expect([find(index, name), index.indexOf(name)]).toEqual([held.indexOf(name), held.indexOf(name)]);
      for (const [at, name] of held.entries()) expect(index.nameAt(at)).toBe(name);
    }),
  );
});

test('another thread makes the same index of its data', () => {
  const index = new NameIndex(new NameIndex(['node-0', 'node-1', 'b']).data);
  expect(['node-1', 'b', 'c'].map((name) => find(index, name))).toEqual([1, 2, -1]);
  expect([index.size, index.isPlain, new NameIndex(['a"']).isPlain]).toEqual([3, true, false]);
});

test('holds the names of a very large cluster', () => {
  const names = Array.from({ length: 100_000 }, (_, at) => `ip-10-${at >> 8}-${at & 255}.eu-west-1.compute.internal`);
  const index = new NameIndex(names);
  for (let at = 0; at < names.length; at += 997) expect(find(index, names[at] ?? '')).toBe(at);
});
