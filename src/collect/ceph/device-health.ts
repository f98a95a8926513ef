import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { DiskReading } from '../../core/disk.ts';
import type { Logger } from '../../core/log.ts';
import type { CephDisks, DisksRead } from './disks.ts';
import type { CephDocuments, DeviceOfOsd } from './documents.ts';

export interface DeviceHealthOptions {
  readonly documents: CephDocuments;
  /** How long a device's readings are good for; Ceph itself scrapes once a day. */
  readonly everySeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Half a year of one device is some 20 MB of JSON, and a command: a thousand devices must not be asked for at once. */
const devicesARead = 8;
const atATime = 2;
/** What takes longer goes on, and is in a later reading: pools must not wait for disks. */
const patienceSeconds = 10;
/** A device that could not be read is asked for again after this. */
const failureSeconds = 600;

interface Held {
  readonly nextSeconds: number;
  readonly newest: DiskReading | undefined;
}

/** What Ceph itself scraped of its devices: a few devices are read each time, those first that were not read for longest. */
export class CephDeviceHealth implements CephDisks {
  readonly #options: DeviceHealthOptions;
  readonly #held = new Map<string, Held>();
  readonly #closing = new AbortController();
  #earlier = new Map<string, readonly DiskReading[]>();
  #running: Promise<void> | undefined;

  constructor(options: DeviceHealthOptions) {
    this.#options = options;
  }

  async read(devices: readonly DeviceOfOsd[], signal: AbortSignal | undefined): Promise<DisksRead> {
    this.#forgetOthers(devices);
    this.#running ??= this.#fetchAll(this.#due(devices)).finally(() => {
      this.#running = undefined;
    });
    await this.#waitFor(this.#running, signal);
    const newest = new Map([...this.#held].flatMap(([id, held]) => (held.newest ? [[id, held.newest] as const] : [])));
    const earlier = this.#earlier;
    this.#earlier = new Map();
    return { newest, earlier };
  }

  close(): void {
    this.#closing.abort();
  }

  async #waitFor(running: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const done = new AbortController();
    const waits = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
    await Promise.race([running, sleep(patienceSeconds * 1000, undefined, { signal: waits }).catch(() => undefined)]);
    done.abort();
    signal?.throwIfAborted();
  }

  async #fetchAll(due: DeviceOfOsd[]): Promise<void> {
    const work = async (): Promise<void> => {
      for (let device = due.pop(); device !== undefined; device = due.pop()) {
        if (!this.#closing.signal.aborted) await this.#fetch(device);
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
  }

  /** The last is the one to read first. */
  #due(devices: readonly DeviceOfOsd[]): DeviceOfOsd[] {
    const now = this.#options.clock.nowSeconds();
    const nextOf = ({ id }: DeviceOfOsd): number => this.#held.get(id)?.nextSeconds ?? Number.NEGATIVE_INFINITY;
    return devices
      .filter((device) => nextOf(device) <= now)
      .toSorted((a, b) => (nextOf(a) === nextOf(b) ? 0 : nextOf(b) - nextOf(a)))
      .slice(-devicesARead);
  }

  async #fetch(device: DeviceOfOsd): Promise<void> {
    const { documents, everySeconds, clock, logger } = this.#options;
    const before = this.#held.get(device.id)?.newest;
    try {
      const readings = await documents.readDevice(device, this.#closing.signal);
      this.#held.set(device.id, { nextSeconds: clock.nowSeconds() + everySeconds, newest: readings.at(-1) ?? before });
      if (readings.length > 1) this.#earlier.set(device.id, readings.slice(0, -1));
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      logger.debug({ error, device: device.id }, 'the health of a device cannot be read');
      const nextSeconds = clock.nowSeconds() + Math.min(failureSeconds, everySeconds);
      this.#held.set(device.id, { nextSeconds, newest: before });
    }
  }

  #forgetOthers(devices: readonly DeviceOfOsd[]): void {
    const known = new Set(devices.map(({ id }) => id));
    for (const id of this.#held.keys()) if (!known.has(id)) this.#held.delete(id);
  }
}
