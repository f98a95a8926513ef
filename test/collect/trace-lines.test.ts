import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../src/collect/trace-lines.ts';

test('lines, their numbers and their places are the same wherever the stream is cut', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', ',', 'ü', '7') });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), fc.integer({ min: 1, max: 9 }), async (lines, hasEnd, size) => {
      const bytes = Buffer.from(lines.join('\n') + (hasEnd && lines.length > 0 ? '\n' : ''));
      const found = (await Array.fromAsync(linesOf(chunksOf(bytes, size)))).flat();
      const isOpen = !hasEnd && lines.at(-1) === '';
      const expected = isOpen ? lines.slice(0, -1) : lines;
      expect(found.map(({ text }) => text)).toEqual(expected);
      for (const [i, { number, offset, text }] of found.entries()) {
        expect(number).toBe(i + 1);
        expect(bytes.toString('utf8', offset, offset + Buffer.byteLength(text))).toBe(text);
      }
    }),
  );
});

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
