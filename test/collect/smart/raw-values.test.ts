import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRaw } from '../../../src/collect/smart/raw-values.ts';

describe('raw values', () => {
  test.each([
    ['operations without an error are no errors at Seagate', 1, 239_307_048, 'ST16000NM001G-2KK103', 0],
    ['errors stand above the operations at Seagate', 7, 3 * 2 ** 32 + 330_010_684, 'ST16000NM001G-2KK103', 3],
    ['errors are counted plainly elsewhere', 1, 341, 'MB0500EBNCR', 341],
    ['time-outs are the lowest of three counts', 188, 51_540_393_996, 'ST16000NM001G-2KK103', 12],
    ['a temperature comes before its extremes', 194, 176_094_511_130, 'HGST HUS724020ALE640', 26],
    ['so does that of the air', 190, 538_509_338, 'ST16000NM001G-2KK103', 26],
    ['reallocated sectors are plain', 5, 2111, '', 2111],
    ['a second count above the sectors is left out', 5, 7 * 2 ** 32 + 9, '', 9],
    ['hours stay what they are', 9, 83_425, '', 83_425],
  ])('%s', (_, id, raw, model, value) => {
    expect(decodeRaw(id, raw, model)).toBe(value);
  });

  test('three packed counts never make more time-outs than one of them holds', () => {
    const count = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(count, count, count, (all, slow, slower) => {
        expect(decodeRaw(188, all + slow * 2 ** 16 + slower * 2 ** 32)).toBe(all);
      }),
    );
  });

  test('what is no number or negative is not known', () => {
    expect(decodeRaw(5, Number.NaN)).toBeNaN();
    expect(decodeRaw(197, -1)).toBeNaN();
  });
});
