/** The stretch of time that a replica is in. */
export interface OpenBlock {
  readonly endSeconds: number;
  /** The rarest measurement in it, as a return period; 0 before the first. */
  period: number;
  /** Which risks (bits) were exceeded in it. */
  exceeded: number;
}

/** Blocks of equal length, the last one of each replica. Late measurements count in the block that is open. */
export class OpenBlocks {
  readonly #seconds: number;
  readonly #stepSeconds: number;
  readonly #open = new Map<string, OpenBlock>();

  constructor(seconds: number, stepSeconds: number) {
    this.#seconds = seconds;
    this.#stepSeconds = stepSeconds;
  }

  at(timeSeconds: number, replica: string): OpenBlock {
    // A block of one step has one measurement: nothing is kept.
    if (this.#seconds <= this.#stepSeconds) return { endSeconds: timeSeconds, period: 0, exceeded: 0 };
    const endSeconds = Math.ceil(timeSeconds / this.#seconds) * this.#seconds;
    const held = this.#open.get(replica);
    if (held !== undefined && endSeconds <= held.endSeconds) return held;
    // Replicas that were not seen for a block are gone.
    for (const [name, block] of this.#open) if (block.endSeconds < endSeconds - this.#seconds) this.#open.delete(name);
    const begun = { endSeconds, period: 0, exceeded: 0 };
    this.#open.set(replica, begun);
    return begun;
  }

  save(): Uint8Array {
    return Buffer.from(JSON.stringify([...this.#open]), 'utf8');
  }

  load(bytes: Uint8Array): void {
    this.#open.clear();
    const blocks = JSON.parse(Buffer.from(bytes).toString('utf8') || '[]') as [string, OpenBlock][];
    for (const [replica, block] of blocks) this.#open.set(replica, block);
  }
}
