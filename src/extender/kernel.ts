import { kernelCode } from './kernel-code.ts';
import { type KernelFrame, type KernelLayout, type ScratchLayout, scratchLayout } from './kernel-layout.ts';
import type { NamePlaces } from './name-places.ts';
import type { PodLoad } from './pod-load.ts';
import { outline } from './score.ts';
import type { Scores } from './scores.ts';
import type { TableKernel } from './table-kernel.ts';
import type { TableLock } from './table-lock.ts';

interface Exports extends Record<string, unknown> {
  readNames(start: number, shift: number): number;
  score(from: number, to: number): void;
  write(places: number, shift: number): number;
}

// kernel/prioritize.ts in machine code; undefined where the engine cannot run it.
const program = compiled();

function compiled(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Buffer.from(kernelCode, 'base64'));
  } catch {
    return undefined;
  }
}

/**
 * What a call to prioritize costs most, in WebAssembly: reads names, scores nodes, writes the answer. It gives what readBytesCall(), scoreNodes() and
 * priorityBytes() give, but for rounding: probabilities within 1e-5. Reused from call to call, on one thread.
 */
export class Kernel implements TableKernel {
  readonly places: NamePlaces;
  readonly scores: Scores;
  readonly #layout: KernelLayout;
  readonly #scratch: ScratchLayout;
  readonly #exports: Exports;
  readonly #body: Uint8Array;
  readonly #answer: Uint8Array;
  readonly #podSteps: Float32Array;
  readonly #bodyStart: number;
  #shift = 0;

  private constructor({ memory, layout }: KernelFrame, thread: number, exports: Exports) {
    const { mostPlaces, mostBodyBytes, mostAnswerBytes, steps } = layout;
    const scratch = scratchLayout(layout, steps);
    const base = layout.scratch + thread * scratch.bytes;
    const { buffer } = memory;
    const integers = (at: number): Int32Array => new Int32Array(buffer, base + at, mostPlaces);
    const singles = (at: number): Float32Array => new Float32Array(buffer, base + at, mostPlaces);
    this.#layout = layout;
    this.#scratch = scratch;
    this.#exports = exports;
    this.places = {
      count: 0,
      starts: integers(scratch.starts),
      ends: integers(scratch.ends),
      indices: integers(scratch.indices),
    };
    this.scores = {
      score: new Uint8Array(buffer, base + scratch.scores, mostPlaces),
      probability: singles(scratch.probabilities),
      cpu: singles(scratch.cpuUses),
      memory: singles(scratch.memoryUses),
    };
    this.#bodyStart = base + scratch.body;
    this.#body = new Uint8Array(buffer, this.#bodyStart, mostBodyBytes + zeros.length);
    this.#answer = new Uint8Array(buffer, base + scratch.answer, mostAnswerBytes);
    this.#podSteps = new Float32Array(buffer, base + scratch.podSteps, 4 * scratch.podRoom);
    this.#tellAddresses(base);
  }

  /** The kernel of a thread, by its number; undefined where there is no place for it or the engine cannot run it. */
  static of(frame: KernelFrame, thread: number): Kernel | undefined {
    if (program === undefined || thread >= frame.layout.threads) return undefined;
    const { exports } = new WebAssembly.Instance(program, { env: { memory: frame.memory } });
    return new Kernel(frame, thread, exports as unknown as Exports);
  }

  look(rowSet: 0 | 1, fromStep: number): void {
    this.#set({ rows: this.#layout.rows[rowSet], fromStep });
  }

  readNames(body: Buffer, start: number): number {
    const bytes = body.length - start;
    if (bytes > this.#layout.mostBodyBytes) return -1;
    this.#body.set(bytes === body.length ? body : body.subarray(start));
    this.#body.set(zeros, bytes);
    this.#shift = start - this.#bodyStart;
    const end = this.#exports.readNames(this.#bodyStart, this.#shift);
    this.places.count = numberOf(this.#exports.count);
    return end === 0 ? -1 : end + this.#shift;
  }

  scoreNodes({ fromStep, lock }: { readonly fromStep: number; readonly lock: TableLock }, pod: PodLoad): void {
    const cpu = outline(pod.cpu, fromStep);
    const memory = outline(pod.memory, fromStep);
    this.#set({ cpuMean: cpu.mean, cpuPeak: cpu.peakMean, cpuLow: cpu.lowMean, cpuWidest: cpu.peakVariance });
    this.#set({
      memoryMean: memory.mean,
      memoryPeak: memory.peakMean,
      memoryLow: memory.lowMean,
      memoryWidest: memory.peakVariance,
    });
    const { podRoom } = this.#scratch;
    for (const [at, { mean, variance }] of [pod.cpu, pod.memory].entries()) {
      this.#setSteps(2 * at * podRoom, mean, fromStep, Number.POSITIVE_INFINITY, 0);
      this.#setSteps((2 * at + 1) * podRoom, variance, fromStep, 1, leastVariance);
    }
    const { places } = this;
    lock.read(places.indices, places.count, (from, to) => this.#exports.score(from, to));
  }

  answer(): Uint8Array | undefined {
    const end = this.#exports.write(this.places.count, this.#shift);
    return end === 0 ? undefined : this.#answer.subarray(0, end - this.#answer.byteOffset);
  }

  #setSteps(at: number, values: Float64Array, fromStep: number, behind: number, more: number): void {
    const to = this.#podSteps;
    const end = at + this.#scratch.podRoom;
    let next = at;
    for (let step = fromStep; step < values.length; step += 1, next += 1) to[next] = (values[step] ?? 0) + more;
    to.fill(behind, next, end);
  }

  #tellAddresses(base: number): void {
    const { slots, slotMask, nameStarts, nameBytes, pieceStarts, pieceBytes } = this.#layout;
    const { cpuPairs, memoryPairs, steps, mostPlaces, mostAnswerBytes } = this.#layout;
    const scratch = this.#scratch;
    this.#set({ slots, slotMask, nameStarts, nameBytes, pieceStarts, pieceBytes });
    this.#set({ cpuPairs, memoryPairs, steps, mostPlaces, podRoom: scratch.podRoom });
    this.#set({
      placeStarts: base + scratch.starts,
      placeEnds: base + scratch.ends,
      placeIndices: base + scratch.indices,
      scores: base + scratch.scores,
      probabilities: base + scratch.probabilities,
      cpuUses: base + scratch.cpuUses,
      memoryUses: base + scratch.memoryUses,
      podSteps: base + scratch.podSteps,
      answerStart: base + scratch.answer,
      answerEnd: base + scratch.answer + mostAnswerBytes,
    });
  }

  #set(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const global = this.#exports[name];
      if (global instanceof WebAssembly.Global) global.value = value;
    }
  }
}

// Where a body ends: nothing that a name may hold.
const zeros = new Uint8Array(16);
// As in score.ts.
const leastVariance = 1e-6;

function numberOf(global: unknown): number {
  return global instanceof WebAssembly.Global ? Number(global.value) : 0;
}
