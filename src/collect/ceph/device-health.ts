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

  constructor(options: DeviceHealthOptions) {
    this.#options = options;
  }

  async read(devices: readonly DeviceOfOsd[], signal: AbortSignal | undefined): Promise<DisksRead> {
    this.#forgetOthers(devices);
    const earlier = new Map<string, readonly DiskReading[]>();
    const due = this.#due(devices);
    const work = async (): Promise<void> => {
      for (let device = due.pop(); device !== undefined; device = due.pop()) {
        const readings = await this.#fetch(device, signal);
        if (readings.length > 1) earlier.set(device.id, readings.slice(0, -1));
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    const newest = new Map([...this.#held].flatMap(([id, held]) => (held.newest ? [[id, held.newest] as const] : [])));
    return { newest, earlier };
  }

  close(): void {}

  /** The last is the one to read first. */
  #due(devices: readonly DeviceOfOsd[]): DeviceOfOsd[] {
    const now = this.#options.clock.nowSeconds();
    const nextOf = ({ id }: DeviceOfOsd): number => this.#held.get(id)?.nextSeconds ?? Number.NEGATIVE_INFINITY;
    return devices
      .filter((device) => nextOf(device) <= now)
      .toSorted((a, b) => (nextOf(a) === nextOf(b) ? 0 : nextOf(b) - nextOf(a)))
      .slice(-devicesARead);
  }

  async #fetch(device: DeviceOfOsd, signal: AbortSignal | undefined): Promise<readonly DiskReading[]> {
    const { documents, everySeconds, clock, logger } = this.#options;
    const before = this.#held.get(device.id)?.newest;
    try {
      const readings = await documents.readDevice(device, signal);
      this.#held.set(device.id, { nextSeconds: clock.nowSeconds() + everySeconds, newest: readings.at(-1) ?? before });
      return readings;
    } catch (error) {
      signal?.throwIfAborted();
      logger.debug({ error, device: device.id }, 'the health of a device cannot be read');
      const nextSeconds = clock.nowSeconds() + Math.min(failureSeconds, everySeconds);
      this.#held.set(device.id, { nextSeconds, newest: before });
      return [];
    }
  }

  #forgetOthers(devices: readonly DeviceOfOsd[]): void {
    const known = new Set(devices.map(({ id }) => id));
    for (const id of this.#held.keys()) if (!known.has(id)) this.#held.delete(id);
  }
}
