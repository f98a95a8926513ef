const bits16 = 2 ** 16;
const bits32 = 2 ** 32;

/**
 * Raw values of S.M.A.R.T. attributes are 48 bits, into which vendors pack several counts. This gives the one that counts damage or the
 * current measurement; values of vendors that do not pack stay what they are.
 *
 *  1, 7  Seagate: errors in the upper 16 bits, operations in the lower 32. 0x0001_0F3A_8B20 is 1 error in 255,495,968 operations.
 *  188   Seagate: three counts of 16 bits by how long the command took; the lowest is all time-outs.
 *  190, 194  the temperature in the lowest byte, then lowest and highest of this power cycle, or times it was too hot.
 */
export function decodeRaw(id: number, raw: number, model = ''): number {
  if (!Number.isFinite(raw) || raw < 0) return Number.NaN;
  switch (id) {
    case 1:
    case 7:
      return isSeagate(model) ? Math.floor(raw / bits32) : raw;
    case 188:
      return raw % bits16;
    case 190:
    case 194:
      return raw % 256;
    default:
      // Reallocated and pending sectors of some vendors carry a second count in the upper half.
      return damage.has(id) && raw >= bits32 ? raw % bits32 : raw;
  }
}

const damage: ReadonlySet<number> = new Set([5, 10, 184, 187, 189, 196, 197, 198]);

function isSeagate(model: string): boolean {
  return /^(seagate|st\d)/i.test(model.trim());
}
