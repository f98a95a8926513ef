import { describeError } from '../core/errors.ts';
import type { PerResource } from '../core/resource.ts';
import { sizingOptionsFor } from '../predict/sizing/policy-options.ts';
import type { Sizing } from '../predict/sizing/sizing.ts';
import { SizingFleet } from '../predict/sizing/sizing-fleet.ts';

/** The model id under which prices are kept; containers are kept as `sizing:<containerId>`. */
const fleetId = 'fleet:prices';
const prefix = 'sizing:';

export interface FleetSizingOptions {
  readonly stepSeconds: number;
  /** What is promised where nothing is written, shares of 1. */
  readonly promised: PerResource<number>;
  /** How long a request stands until it is renewed. */
  readonly renewedSeconds: number;
}

/** The fleet's sizing with what of it has to be kept. */
export class FleetSizing {
  readonly fleet: SizingFleet;
  readonly #damaged = new Set<string>();

  constructor({ stepSeconds, promised, renewedSeconds }: FleetSizingOptions) {
    this.fleet = new SizingFleet({ stepSeconds, promised, sizing: sizingOptionsFor(renewedSeconds) });
  }

  of(id: string): Sizing {
    return this.fleet.add(id);
  }

  /** Whether what was learned of a container's demand was lost: what rests on it is to be learned anew too. */
  isDamaged(id: string): boolean {
    return this.#damaged.has(id);
  }

  /** Takes back a stored model when it is one of these; gives why it cannot be used, or undefined. */
  restore(modelId: string, state: Uint8Array): string | undefined {
    const id = modelId.slice(prefix.length);
    try {
      if (modelId === fleetId) this.fleet.load(state);
      else if (modelId.startsWith(prefix)) this.fleet.add(id).load(state);
      return undefined;
    } catch (error) {
      if (modelId !== fleetId) {
        this.fleet.remove(id);
        this.#damaged.add(id);
      }
      return describeError(error);
    }
  }

  /** Whether a stored model is one of these. */
  static holds(modelId: string): boolean {
    return modelId === fleetId || modelId.startsWith(prefix);
  }

  static modelIdOf(id: string): string {
    return prefix + id;
  }

  get priceModelId(): string {
    return fleetId;
  }

  /** The state of one of these; undefined when it is gone. */
  save(modelId: string): Uint8Array | undefined {
    return modelId === fleetId ? this.fleet.save() : this.fleet.get(modelId.slice(prefix.length))?.save();
  }
}
