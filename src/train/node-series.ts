import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import { type PerResource, resources } from '../core/resource.ts';
import type { Horizon, Moments } from '../predict/forecaster.ts';
import { type SeasonalForecaster, seasonalKind } from '../predict/seasonal.ts';

const kind = 'node-series';
const version = 1;

/** The load of a node: what no tracked container causes, or all of it. */
export class NodeSeries {
  readonly models: PerResource<SeasonalForecaster>;
  lastSeconds = Number.NEGATIVE_INFINITY;

  private constructor(models: PerResource<SeasonalForecaster>) {
    this.models = models;
  }

  static create(): NodeSeries {
    return new NodeSeries({ cpu: seasonalKind.create(), memory: seasonalKind.create() });
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged. */
  static restore(bytes: Uint8Array): NodeSeries {
    const [rest, cpu, memory] = unframe(kind, version, bytes);
    const none = new Uint8Array(0);
    const series = new NodeSeries({
      cpu: seasonalKind.restore(cpu ?? none) as SeasonalForecaster,
      memory: seasonalKind.restore(memory ?? none) as SeasonalForecaster,
    });
    series.lastSeconds = unpackDoubles(kind, rest, 1)[0] ?? 0;
    return series;
  }

  save(): Uint8Array {
    const rest = packNumbers(Float64Array.of(this.lastSeconds));
    return frame(kind, version, [rest, this.models.cpu.save(), this.models.memory.save()]);
  }

  update(timeSeconds: number, values: PerResource<number>): void {
    for (const resource of resources) {
      if (Number.isNaN(values[resource])) continue;
      this.models[resource].update(timeSeconds, values[resource]);
      this.lastSeconds = Math.max(this.lastSeconds, timeSeconds);
    }
  }

  moments(horizon: Horizon): PerResource<Moments | undefined> {
    return { cpu: this.models.cpu.moments(horizon), memory: this.models.memory.moments(horizon) };
  }
}
