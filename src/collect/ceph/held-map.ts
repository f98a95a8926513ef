import type { Clock } from '../../core/clock.ts';
import { BarographError, describeError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { ClusterMap } from './cluster-map.ts';
import type { CephDocuments } from './documents.ts';

/** A map and how old it is. */
export interface MapInHand {
  readonly map: ClusterMap;
  readonly ageSeconds: number;
}

const refreshSeconds = 60;
/** Rules and ratios seldom change; an hour without the map is bridged, no more. */
export const mapHoldsSeconds = 3600;

/** What a map is read for. */
export interface MapNeeds {
  readonly pools: Iterable<number>;
  /** Codes of health checks. */
  readonly checks: Iterable<string>;
}

/** Keeps the newest map: it is read once a minute, and at once when a pool or a health check is there that it does not have. */
export class HeldMap {
  readonly documents: CephDocuments;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #held: { readonly map: ClusterMap; readonly seconds: number } | undefined;

  constructor(documents: CephDocuments, clock: Clock, logger: Logger) {
    this.documents = documents;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Throws SOURCE_UNAVAILABLE when there is none that is recent enough. */
  async read(needs: MapNeeds, signal: AbortSignal | undefined): Promise<MapInHand> {
    const held = this.#held;
    const age = held === undefined ? Number.POSITIVE_INFINITY : Math.abs(this.#clock.nowSeconds() - held.seconds);
    if (held !== undefined && age < refreshSeconds && hasAll(held.map, needs))
      return { map: held.map, ageSeconds: age };
    try {
      const map = await this.documents.readMap(signal);
      this.#held = { map, seconds: this.#clock.nowSeconds() };
      return { map, ageSeconds: 0 };
    } catch (error) {
      signal?.throwIfAborted();
      if (held !== undefined && age < mapHoldsSeconds) {
        this.#logger.warn(
          { error, ageSeconds: Math.round(age) },
          'the map of a Ceph cluster cannot be read, the one before is used',
        );
        return { map: held.map, ageSeconds: age };
      }
      throw new BarographError('SOURCE_UNAVAILABLE', `the map of the cluster cannot be read: ${describeError(error)}`, {
        cause: error,
      });
    }
  }

  close(): void {
    this.documents.close();
  }
}

function hasAll({ pools, summaries }: ClusterMap, needs: MapNeeds): boolean {
  return [...needs.pools].every((id) => pools.has(id)) && [...needs.checks].every((code) => summaries.has(code));
}
