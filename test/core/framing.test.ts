import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame, packNumbers, unframe, unpackDoubles, unpackFloats } from '../../src/core/framing.ts';

const refused = expect.objectContaining({ code: 'OUTLOOK_INVALID' });
const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });

describe('a frame', () => {
  test('gives back its parts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.nat({ max: 65_535 }), parts, (kind, version, held) => {
        const back = unframe(kind, version, frame(kind, version, held));
        expect(back.map((part) => [...part])).toEqual(held.map((part) => [...part]));
      }),
    );
  });

  test('notices any bit that is turned over', () => {
    const whole = frame('model', 3, [Uint8Array.of(1, 2, 3), Uint8Array.of()]);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const damaged = Uint8Array.from(whole);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unframe('model', 3, damaged)).toThrow(refused);
    }
  });

  test('notices where it is cut, or has more behind it', () => {
    const whole = frame('model', 3, [Uint8Array.of(1, 2, 3)]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => unframe('model', 3, whole.subarray(0, length))).toThrow(refused);
    }
    expect(() => unframe('model', 3, Buffer.concat([whole, Buffer.of(0)]))).toThrow(/checksum/);
  });

  test('says what it found in place of what was expected', () => {
    const whole = frame('model', 3, []);
    expect(() => unframe('model', 4, whole)).toThrow(/expected version 4, found 'model' version 3/);
    expect(() => unframe('other', 3, whole)).toThrow(/found 'model' version 3/);
  });

  test('holds frames', () => {
    const inner = frame('inner', 1, [Uint8Array.of(7)]);
    const [found = new Uint8Array(0)] = unframe('outer', 1, frame('outer', 1, [inner]));
    expect([...(unframe('inner', 1, found)[0] ?? [])]).toEqual([7]);
  });
});

describe('numbers', () => {
  test('come back bit for bit, wherever their bytes lie', () => {
    fc.assert(
      fc.property(fc.float64Array({ maxLength: 30 }), fc.nat({ max: 7 }), (values, offset) => {
        const shifted = new Uint8Array(offset + values.byteLength);
        shifted.set(packNumbers(values), offset);
        expect(unpackDoubles('x', shifted.subarray(offset))).toEqual(values);
      }),
    );
    const floats = Float32Array.of(1.5, Number.NaN, -0);
    expect(unpackFloats('x', packNumbers(floats), 3)).toEqual(floats);
  });

  test('of an unexpected count, or cut, or missing, are refused', () => {
    expect(() => unpackDoubles('x', new Uint8Array(16), 3)).toThrow(/expected 3 numbers, found 2/);
    expect(() => unpackDoubles('x', new Uint8Array(9))).toThrow(refused);
    expect(() => unpackDoubles('x', undefined)).toThrow(refused);
    expect(() => unpackFloats('x', new Uint8Array(8), 3)).toThrow(refused);
    expect(() => unpackFloats('x', undefined, 0)).toThrow(refused);
  });

  test('are a copy: changing the bytes later changes nothing', () => {
    const bytes = packNumbers(Float64Array.of(1, 2));
    const values = unpackDoubles('x', Buffer.from(bytes.buffer));
    bytes.fill(0);
    expect([...values]).toEqual([1, 2]);
  });
});
