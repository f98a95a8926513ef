// AssemblyScript, not TypeScript: what answering a call to prioritize costs most, four steps or sixteen bytes at a time. src/extender does the same in
// plain code (request-bytes.ts, score.ts, answer-bytes.ts): that says what is right, and stands in for this where it does not fit. `npm run kernel` compiles it.
//
// All of it lies in one memory that several threads share; each thread has an instance with a scratch space of its own there. Sizes are checked by the caller
// once, and here where they depend on a call; loads of sixteen bytes may reach past what they read, into slack behind it.

// Set by the caller through the exported globals, see src/extender/kernel.ts. Addresses of the fleet's names and pieces:
export let slots: usize = 0;
export let slotMask: i32 = 0;
export let nameStarts: usize = 0;
export let nameBytes: usize = 0;
export let pieceStarts: usize = 0;
export let pieceBytes: usize = 0;
// Of the load table:
export let cpuPairs: usize = 0;
export let memoryPairs: usize = 0;
export let steps: i32 = 0;
export let rows: usize = 0;
export let fromStep: i32 = 0;
// Of this thread's scratch space; `podRoom` numbers each for means and variances of the pod's cpu, then of its memory:
export let placeStarts: usize = 0;
export let placeEnds: usize = 0;
export let placeIndices: usize = 0;
export let mostPlaces: i32 = 0;
export let scores: usize = 0;
export let probabilities: usize = 0;
export let cpuUses: usize = 0;
export let memoryUses: usize = 0;
export let podSteps: usize = 0;
export let podRoom: i32 = 0;
export let answerStart: usize = 0;
export let answerEnd: usize = 0;
// What bounds the pod's load over the steps that are left:
export let cpuMean: f32 = 0;
export let cpuPeak: f32 = 0;
export let cpuLow: f32 = 0;
export let cpuWidest: f32 = 0;
export let memoryMean: f32 = 0;
export let memoryPeak: f32 = 0;
export let memoryLow: f32 = 0;
export let memoryWidest: f32 = 0;
/** How many names readNames() found. */
export let count: i32 = 0;

const quote: u8 = 0x22;
const comma: u8 = 0x2c;
const backslash: u8 = 0x5c;
const closeList: u8 = 0x5d;

/**
 * Reads names from behind the opening bracket at `start` on; sixteen zeros stand behind the body. The position behind the closing bracket, or 0 for anything
 * that is no list of plain names, or of too many. `shift` turns an address here into a position in the request.
 */
export function readNames(start: usize, shift: i32): usize {
  count = 0;
  let at = start;
  if (load<u8>(at) == closeList) return at + 1;
  while (load<u8>(at) == quote) {
    const first = at + 1;
    const end = endOfName(first);
    if (load<u8>(end) != quote || count == mostPlaces) return 0;
    const offset = <usize>count << 2;
    store<i32>(placeStarts + offset, <i32>first + shift);
    store<i32>(placeEnds + offset, <i32>end + shift);
    store<i32>(placeIndices + offset, find(first, <i32>(end - first)));
    count += 1;
    const next = load<u8>(end + 1);
    if (next == closeList) return end + 2;
    if (next != comma) return 0;
    at = end + 2;
  }
  return 0;
}

/** The first byte from `at` on that does not stand in JSON as it is: a control, a quote, a backslash, or no ASCII. */
@inline
function endOfName(start: usize): usize {
  let at = start;
  let mask = specials(at);
  while (mask == 0) {
    at += 16;
    mask = specials(at);
  }
  return at + ctz(mask);
}

@inline
function specials(at: usize): i32 {
  const bytes = v128.load(at);
  // Bytes above 0x7f are below zero here.
  const control = v128.or(i8x16.lt_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f)));
  const ending = v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash)));
  return i8x16.bitmask(v128.or(control, ending));
}

const prime: i32 = 0x9e3779b1;

@inline
function mixed(hash: i32, word: i32): i32 {
  const product = (hash ^ word) * prime;
  return product ^ (<i32>(<u32>product >> 15));
}

/** As NameIndex.find(). */
@inline
function find(start: usize, length: i32): i32 {
  let hash = length * prime;
  if (length < 4) {
    for (let at = 0; at < length; at += 1) hash = mixed(hash, load<u8>(start + at));
  } else {
    for (let at = 0; at + 4 <= length; at += 4) hash = mixed(hash, load<i32>(start + at));
    hash = mixed(hash, load<i32>(start + length - 4));
  }
  let slot = ((hash ^ <i32>(<u32>hash >> 16)) << 1) & slotMask;
  let index = indexIn(slot);
  while (index >= 0 && !(load<i32>(slots + (<usize>slot << 2)) == hash && isAt(index, start, length))) {
    slot = (slot + 2) & slotMask;
    index = indexIn(slot);
  }
  return index;
}

@inline
function indexIn(slot: i32): i32 {
  return load<i32>(slots + (<usize>slot << 2), 4) - 1;
}

@inline
function isAt(index: i32, start: usize, length: i32): bool {
  const place = nameStarts + (<usize>index << 2);
  const own = load<i32>(place);
  if (load<i32>(place, 4) - own != length) return false;
  const name = nameBytes + own;
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    if (v128.any_true(v128.xor(v128.load(start + at), v128.load(name + at)))) return false;
  }
  // Of the last sixteen bytes those that belong to the names.
  const differ = ~i8x16.bitmask(i8x16.eq(v128.load(start + at), v128.load(name + at)));
  return (differ & ((1 << (length - at)) - 1)) == 0;
}

// Numbers of a summary row, as load-table.ts has them: of the cpu, then of the memory.
const rowBytes: usize = 40;
const memoryRow: usize = 20;
const leastVariance: f32 = 1e-6;
const certainVariances: f32 = 16;
const neutralScore: i32 = 5;

/** scoreNodes() for the places [from, to). */
export function score(from: i32, to: i32): void {
  for (let place = from; place < to; place += 1) {
    const offset = <usize>place << 2;
    const node = load<i32>(placeIndices + offset);
    const row = rows + <usize>max(node, 0) * rowBytes;
    const cpuRoom = load<f32>(row);
    if (node < 0 || !(cpuRoom > 0)) {
      store<u8>(scores + place, neutralScore);
      store<f32>(probabilities + offset, NaN);
      continue;
    }
    const memoryRoom = load<f32>(row + memoryRow);
    const cpu = certainty(row, cpuRoom, cpuPeak, cpuLow, cpuWidest);
    const memory = certainty(row + memoryRow, memoryRoom, memoryPeak, memoryLow, memoryWidest);
    let probability: f32 = 0;
    if (cpu != 0 && memory != 0) {
      if (cpu > 0 && memory > 0) probability = 1;
      else if (memory > 0) probability = meanWithin(cpuPairs, node, cpuRoom, podSteps);
      else if (cpu > 0) probability = meanWithin(memoryPairs, node, memoryRoom, podSteps + 2 * (<usize>podRoom << 2));
      else probability = meanWithinBoth(node, cpuRoom, memoryRoom);
    }
    const cpuUse = load<f32>(row, 16) + cpuMean / cpuRoom;
    const memoryUse = load<f32>(row + memoryRow, 16) + memoryMean / memoryRoom;
    store<f32>(probabilities + offset, probability);
    store<f32>(cpuUses + offset, cpuUse);
    store<f32>(memoryUses + offset, memoryUse);
    const use = min<f32>(1, max<f32>(0, 0.75 * cpuUse + 0.25 * memoryUse));
    const squared = probability * probability;
    store<u8>(scores + place, <u8>floor<f32>(10 * squared * squared * (1 - 0.7 * use) + 0.5));
  }
}

/** 1 or 0 where all steps are decided alike, else -1. */
@inline
function certainty(row: usize, room: f32, peak: f32, low: f32, widest: f32): i32 {
  const far = certainVariances * (load<f32>(row, 12) + widest + leastVariance);
  const left = room - load<f32>(row, 4) - peak;
  if (left > 0 && left * left >= far) return 1;
  const most = room - load<f32>(row, 8) - low;
  if (most < 0 && most * most >= far) return 0;
  return -1;
}

@inline
function meanWithin(pairs: usize, node: i32, room: f32, pod: usize): f32 {
  const left = steps - fromStep;
  let at = pairs + (<usize>(node * steps + fromStep) << 3);
  const end = at + (<usize>left << 3);
  const rooms = f32x4.splat(room);
  const widths = <usize>podRoom << 2;
  let sum = f32x4.splat(0);
  for (; at < end; at += 32, pod += 16) sum = f32x4.add(sum, within(at, rooms, v128.load(pod), v128.load(pod + widths)));
  return total(sum) / <f32>left;
}

@inline
function meanWithinBoth(node: i32, cpuRoom: f32, memoryRoom: f32): f32 {
  const left = steps - fromStep;
  const first = <usize>(node * steps + fromStep) << 3;
  const end = first + (<usize>left << 3);
  const cpuRooms = f32x4.splat(cpuRoom);
  const memoryRooms = f32x4.splat(memoryRoom);
  const widths = <usize>podRoom << 2;
  let sum = f32x4.splat(0);
  for (let at = first, pod = podSteps; at < end; at += 32, pod += 16) {
    const cpu = within(cpuPairs + at, cpuRooms, v128.load(pod), v128.load(pod + widths));
    const memory = within(memoryPairs + at, memoryRooms, v128.load(pod + 2 * widths), v128.load(pod + 3 * widths));
    sum = f32x4.add(sum, f32x4.mul(cpu, memory));
  }
  return total(sum) / <f32>left;
}

@inline
function total(sum: v128): f32 {
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
}

// Half of 1 / (Φ(4) − Φ(−4)): the distribution is cut off at four standard deviations.
const half: f32 = 0.50003167;

/**
 * The probability that load and pod stay within the room, for four steps. The normal distribution by formula 7.1.28 of Abramowitz and Stegun, Handbook of
 * Mathematical Functions (1964), within 2e-7, its coefficients divided by powers of √2. The pod's mean is infinite in lanes behind the last step: they get 0, as
 * does what is not a number.
 */
@inline
function within(at: usize, room: v128, podMean: v128, podVariance: v128): v128 {
  const one = v128.load(at);
  const two = v128.load(at, 16);
  const mean = v128.shuffle<f32>(one, two, 0, 2, 4, 6);
  const variance = v128.shuffle<f32>(one, two, 1, 3, 5, 7);
  const width = f32x4.add(variance, podVariance);
  const sigmas = f32x4.div(f32x4.sub(f32x4.sub(room, mean), podMean), f32x4.sqrt(width));
  const far = f32x4.abs(sigmas);
  let tail = f32x4.add(f32x4.mul(far, f32x4.splat(0.0000053829765)), f32x4.splat(0.000048891));
  tail = f32x4.add(f32x4.mul(far, tail), f32x4.splat(0.000038003575));
  tail = f32x4.add(f32x4.mul(far, tail), f32x4.splat(0.0032776264));
  tail = f32x4.add(f32x4.mul(far, tail), f32x4.splat(0.0211410061));
  tail = f32x4.add(f32x4.mul(far, tail), f32x4.splat(0.049867347));
  tail = f32x4.add(f32x4.mul(far, tail), f32x4.splat(1));
  tail = f32x4.mul(tail, tail);
  tail = f32x4.mul(tail, tail);
  tail = f32x4.mul(tail, tail);
  tail = f32x4.mul(tail, tail);
  tail = f32x4.div(f32x4.splat(half), tail);
  // With the sign of the distance to the room.
  const off = v128.or(f32x4.sub(f32x4.splat(half), tail), v128.and(sigmas, i32x4.splat(0x80000000)));
  const likely = f32x4.add(f32x4.splat(0.5), off);
  const within = v128.bitselect(f32x4.splat(1), likely, f32x4.ge(sigmas, f32x4.splat(4)));
  return v128.and(within, f32x4.gt(sigmas, f32x4.splat(-4)));
}

// `{"Host":"` and `","Score":`.
const beforeName: u64 = 0x3a2274736f48227b;
const behindName: u64 = 0x3a2265726f635322;

/** The HostPriorityList of the places. `shift` as in readNames(). Where it ends, or 0 when it is longer than the space for it. */
export function write(places: i32, shift: i32): usize {
  let at = answerStart;
  store<u8>(at, 0x5b);
  at += 1;
  for (let place = 0; place < places; place += 1) {
    const offset = <usize>place << 2;
    const index = load<i32>(placeIndices + offset);
    if (index >= 0) {
      const piece = pieceStarts + (<usize>index << 2);
      const start = load<i32>(piece);
      const length = load<i32>(piece, 4) - start;
      if (at + length + 32 > answerEnd) return 0;
      copy(at, pieceBytes + start, length);
      at += length;
    } else {
      const start = load<i32>(placeStarts + offset) - shift;
      const length = load<i32>(placeEnds + offset) - shift - start;
      if (at + length + 64 > answerEnd) return 0;
      store<u64>(at, beforeName);
      store<u8>(at, quote, 8);
      copy(at + 9, start, length);
      at += 9 + length;
      store<u16>(at, 0x2c22);
      store<u64>(at, behindName, 2);
      at += 10;
    }
    const score = load<u8>(scores + place);
    if (score > 9) {
      store<u32>(at, 0x2c7d3031);
      at += 4;
    } else {
      store<u32>(at, 0x2c7d30 + score);
      at += 3;
    }
  }
  store<u8>(at - 1, closeList);
  return at;
}

/** Sixteen bytes at a time, up to fifteen more than were asked for. */
@inline
function copy(to: usize, from: usize, length: i32): void {
  for (let at = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}
