import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import type { ContainerForecast } from '../core/outlook.ts';
import { type PerResource, resources } from '../core/resource.ts';
import type { Horizon } from '../predict/forecaster.ts';
import { ResourceModel } from '../predict/resource-model.ts';
import type { Demand } from '../predict/sizing/demand.ts';
import { demandView } from '../predict/sizing/demand-view.ts';
import type { Sizing } from '../predict/sizing/sizing.ts';

const kind = 'container-series';
const version = 2;
/** Fewer measurements than an hour of one replica say nothing of a day. */
export const fewestSamples = 12;
const day = 86_400;

/** What the fleet's sizing says of it, and for which promise. */
export interface Pooled {
  readonly promised: PerResource<number>;
  readonly sizing: Sizing | undefined;
}

/** What is learned about one container of a workload: all its replicas together. */
export class ContainerSeries {
  readonly id: string;
  readonly models: PerResource<ResourceModel>;
  firstSeconds = Number.POSITIVE_INFINITY;
  lastSeconds = Number.NEGATIVE_INFINITY;
  samples = 0;

  private constructor(id: string, models: PerResource<ResourceModel>) {
    this.id = id;
    this.models = models;
  }

  /** `memory` is the demand that the fleet's sizing learns of it. */
  static create(id: string, stepSeconds: number, memory: () => Demand): ContainerSeries {
    return new ContainerSeries(id, {
      cpu: ResourceModel.create('cpu', stepSeconds),
      memory: ResourceModel.create('memory', stepSeconds, demandView(memory)),
    });
  }

  /** Throws OUTLOOK_INVALID when the bytes are damaged. */
  static restore(id: string, stepSeconds: number, bytes: Uint8Array, demand: () => Demand): ContainerSeries {
    const [rest, cpu, memory] = unframe(kind, version, bytes);
    const none = new Uint8Array(0);
    const series = new ContainerSeries(id, {
      cpu: ResourceModel.restore('cpu', stepSeconds, cpu ?? none),
      memory: ResourceModel.restore('memory', stepSeconds, memory ?? none, demandView(demand)),
    });
    const [first = 0, last = 0, samples = 0] = unpackDoubles(kind, rest, 3);
    series.firstSeconds = first;
    series.lastSeconds = last;
    series.samples = samples;
    return series;
  }

  save(): Uint8Array {
    const rest = packNumbers(Float64Array.of(this.firstSeconds, this.lastSeconds, this.samples));
    return frame(kind, version, [rest, this.models.cpu.save(), this.models.memory.save()]);
  }

  /** One measurement of one replica; NaN where there is none. */
  update(timeSeconds: number, values: PerResource<number>, replica: string): void {
    for (const resource of resources) {
      if (!Number.isNaN(values[resource])) this.models[resource].update(timeSeconds, values[resource], replica);
    }
    if (Number.isNaN(values.cpu) && Number.isNaN(values.memory)) return;
    this.firstSeconds = Math.min(this.firstSeconds, timeSeconds);
    this.lastSeconds = Math.max(this.lastSeconds, timeSeconds);
    this.samples += 1;
  }

  /** Undefined while too little is known. */
  forecast(horizon: Horizon, outlookVersion: number, pooled?: Pooled): ContainerForecast | undefined {
    if (this.samples < fewestSamples) return undefined;
    const historyDays = (this.lastSeconds - this.firstSeconds) / day;
    const cpu = this.models.cpu.forecast(horizon, historyDays);
    const memory = this.models.memory.forecast(horizon, historyDays);
    if (cpu === undefined || memory === undefined) return undefined;
    const { id, firstSeconds: fromSeconds, lastSeconds: toSeconds, samples } = this;
    const rest = { id, fromSeconds, toSeconds, samples, version: outlookVersion };
    const targets = pooled?.sizing?.targets;
    if (pooled === undefined || targets === undefined) return { ...rest, cpu, memory };
    const { promised } = pooled;
    return {
      ...rest,
      cpu: { ...cpu, pooled: { promised: promised.cpu, request: targets.cpu } },
      memory: { ...memory, pooled: { promised: promised.memory, request: targets.memory } },
    };
  }
}
