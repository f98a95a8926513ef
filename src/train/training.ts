import type { UsageBatch } from '../collect/source.ts';
import { describeError } from '../core/errors.ts';
import type { ContainerForecast, NodeForecasts } from '../core/outlook.ts';
import type { Resource } from '../core/resource.ts';
import type { Checkpoint, PublishedOutlook, StoredModel } from '../knowledge/knowledge.ts';
import type { Horizon } from '../predict/forecaster.ts';
import { riskGrid } from '../predict/resource-model.ts';
import type { Demand } from '../predict/sizing/demand.ts';
import { ContainerSeries } from './container-series.ts';
import { FleetSizing, type FleetSizingOptions } from './fleet-sizing.ts';
import { inTime, type StepSample } from './in-time.ts';
import { eachNodeLoad, isAttributed } from './node-load.ts';
import { NodeSeries } from './node-series.ts';

export interface TrainingOptions extends FleetSizingOptions {
  /** The Outlook's horizon. */
  readonly outlookStepSeconds: number;
  readonly outlookSteps: number;
  /** A series without samples for so long is forgotten. */
  readonly forgetAfterSeconds: number;
}

/** Promised against realised exceedance, summed over series. */
export interface RealisedRisk {
  readonly resource: Resource;
  readonly promised: number;
  readonly exceeded: number;
  readonly measured: number;
}

/** What one series has seen. */
export interface SeriesSummary {
  readonly id: string;
  readonly model: string;
  readonly samples: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Of its state. */
  readonly bytes: number;
}

/**
 * The models of all series, and what follows from them. No clock and no I/O: measurements go in by take(), in ascending time; checkpoints and
 * Outlooks come out. Measurements up to trainedToSeconds are in the models already and are left out when they come again.
 */
export class Training {
  readonly #options: TrainingOptions;
  readonly #sizing: FleetSizing;
  readonly #containers = new Map<string, ContainerSeries>();
  /** By `rest:<node>` (load beside tracked containers) or `whole:<node>`. */
  readonly #nodes = new Map<string, NodeSeries>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #withdrawn = new Set<string>();
  #attributed = true;
  #trainedTo: number | undefined;

  constructor(options: TrainingOptions, trainedToSeconds?: number) {
    this.#options = options;
    this.#sizing = new FleetSizing(options);
    this.#trainedTo = trainedToSeconds;
  }

  /** The newest measurement in the models, unix seconds; undefined before the first. */
  get trainedToSeconds(): number | undefined {
    return this.#trainedTo;
  }

  get size(): { readonly containers: number; readonly nodes: number } {
    return { containers: this.#containers.size, nodes: this.#nodes.size };
  }

  /** Takes back a stored model; says why when it cannot be used. */
  restore({ id, state }: StoredModel): string | undefined {
    const name = id.slice(id.indexOf(':') + 1);
    if (FleetSizing.holds(id)) {
      const why = this.#sizing.restore(id, state);
      // What was calibrated on a demand that is lost says nothing of a new one.
      if (why !== undefined) this.#containers.delete(name);
      return why;
    }
    try {
      if (id.startsWith('container:') && !this.#sizing.isDamaged(name)) {
        const { stepSeconds } = this.#options;
        this.#containers.set(name, ContainerSeries.restore(name, stepSeconds, state, this.#demandOf(name)));
      } else if (id.startsWith('node:')) this.#nodes.set(name, NodeSeries.restore(state));
      return undefined;
    } catch (error) {
      return describeError(error);
    }
  }

  take(batch: UsageBatch): void {
    const before = this.#trainedTo ?? Number.NEGATIVE_INFINITY;
    if (batch.containers.length > 0) this.#attributed = isAttributed(batch.containers);
    const { fleet } = this.#sizing;
    for (const { timeSeconds, samples } of inTime(batch.containers, before)) {
      fleet.begin(timeSeconds);
      for (const sample of samples) this.#takeSample(timeSeconds, sample);
      fleet.end(timeSeconds);
      this.#trained(this.#sizing.priceModelId, timeSeconds);
    }
    const prefix = this.#attributed ? 'rest' : 'whole';
    eachNodeLoad(batch, (node, time, load) => {
      if (time <= before || (Number.isNaN(load.cpu) && Number.isNaN(load.memory))) return;
      const id = `${prefix}:${node}`;
      const series = this.#nodes.get(id) ?? NodeSeries.create();
      this.#nodes.set(id, series);
      series.update(time, load);
      this.#trained(`node:${id}`, time);
    });
  }

  /** What changed since the last checkpoint; undefined before the first measurement. `kept()` is called once it is safe. */
  checkpoint(): { readonly checkpoint: Checkpoint; readonly kept: () => void } | undefined {
    if (this.#trainedTo === undefined) return undefined;
    this.#forget(this.#trainedTo);
    const changed = [...this.#changed];
    const removed = [...this.#removed];
    const models = changed.flatMap((id) => {
      const state = this.#stateOf(id);
      return state === undefined ? [] : [{ id, state }];
    });
    const kept = (): void => {
      for (const id of changed) this.#changed.delete(id);
      for (const id of removed) this.#removed.delete(id);
    };
    return { checkpoint: { trainedToSeconds: this.#trainedTo, models, removedModels: removed }, kept };
  }

  /** What is to be published now; undefined before the first measurement. Once it is, published() must be told. */
  outlook(version: number, madeSeconds: number): PublishedOutlook | undefined {
    const dataSeconds = this.#trainedTo;
    if (dataSeconds === undefined) return undefined;
    const { outlookStepSeconds: stepSeconds, outlookSteps: steps } = this.#options;
    const horizon: Horizon = { startSeconds: dataSeconds, stepSeconds, steps };
    const forecasts: ContainerForecast[] = [];
    const { fleet } = this.#sizing;
    for (const series of this.#containers.values()) {
      const pooled = { promised: fleet.promised, sizing: fleet.get(series.id) };
      const forecast = series.forecast(horizon, version, pooled);
      if (forecast !== undefined) forecasts.push(forecast);
    }
    return {
      outlook: {
        version,
        madeSeconds,
        dataSeconds,
        horizonStartSeconds: dataSeconds,
        stepSeconds,
        steps,
        nodes: this.#nodeForecasts(horizon),
        containers: forecasts.length,
      },
      forecasts,
      withdrawn: [...this.#withdrawn],
    };
  }

  /** What was withdrawn is withdrawn everywhere now. */
  published({ withdrawn }: PublishedOutlook): void {
    for (const id of withdrawn) this.#withdrawn.delete(id);
  }

  realised(): RealisedRisk[] {
    const totals = new Map<string, { resource: Resource; promised: number; exceeded: number; measured: number }>();
    for (const series of this.#containers.values()) {
      for (const model of Object.values(series.models)) {
        const { shares, measured } = model.realised;
        for (const [i, promised] of riskGrid.entries()) {
          const key = `${model.resource} ${promised}`;
          const total = totals.get(key) ?? { resource: model.resource, promised, exceeded: 0, measured: 0 };
          total.exceeded += (shares[i] ?? 0) * measured;
          total.measured += measured;
          totals.set(key, total);
        }
      }
    }
    return [...totals.values()];
  }

  series(): SeriesSummary[] {
    return [...this.#containers.values()].map((series) => ({
      id: series.id,
      model: `${series.models.cpu.name}, ${series.models.memory.name}`,
      samples: series.samples,
      fromSeconds: series.firstSeconds,
      toSeconds: series.lastSeconds,
      bytes: series.save().byteLength,
    }));
  }

  #takeSample(timeSeconds: number, { id, pod, cpu, memory, isKilled }: StepSample): void {
    const { stepSeconds } = this.#options;
    const series = this.#containers.get(id) ?? ContainerSeries.create(id, stepSeconds, this.#demandOf(id));
    this.#containers.set(id, series);
    const sizingId = FleetSizing.modelIdOf(id);
    for (const model of [`container:${id}`, sizingId]) this.#removed.delete(model);
    this.#withdrawn.delete(id);
    series.update(timeSeconds, { cpu, memory }, pod);
    this.#sizing.fleet.observe(this.#sizing.of(id), { cpu, memory }, isKilled);
    this.#trained(`container:${id}`, timeSeconds);
    this.#trained(sizingId, timeSeconds);
  }

  #demandOf(id: string): () => Demand {
    return () => this.#sizing.of(id).demand.memory;
  }

  #stateOf(modelId: string): Uint8Array | undefined {
    if (FleetSizing.holds(modelId)) return this.#sizing.save(modelId);
    const name = modelId.slice(modelId.indexOf(':') + 1);
    return (modelId.startsWith('container:') ? this.#containers.get(name) : this.#nodes.get(name))?.save();
  }

  #trained(id: string, timeSeconds: number): void {
    this.#changed.add(id);
    this.#trainedTo = Math.max(this.#trainedTo ?? Number.NEGATIVE_INFINITY, timeSeconds);
  }

  #forget(trainedTo: number): void {
    const oldest = trainedTo - this.#options.forgetAfterSeconds;
    for (const [id, series] of this.#containers) {
      if (series.lastSeconds >= oldest) continue;
      this.#containers.delete(id);
      this.#sizing.fleet.remove(id);
      this.#withdrawn.add(id);
      this.#remove(`container:${id}`);
      this.#remove(FleetSizing.modelIdOf(id));
    }
    for (const [id, series] of this.#nodes) {
      if (series.lastSeconds >= oldest) continue;
      this.#nodes.delete(id);
      this.#remove(`node:${id}`);
    }
  }

  #remove(id: string): void {
    this.#changed.delete(id);
    this.#removed.add(id);
  }

  #nodeForecasts(horizon: Horizon): NodeForecasts {
    const prefix = this.#attributed ? 'rest:' : 'whole:';
    const series = [...this.#nodes].filter(([id]) => id.startsWith(prefix));
    const matrix = (): Float32Array => new Float32Array(series.length * horizon.steps);
    const mean = { cpu: matrix(), memory: matrix() };
    const variance = { cpu: matrix(), memory: matrix() };
    for (const [row, [, one]] of series.entries()) {
      const moments = one.moments(horizon);
      for (const resource of ['cpu', 'memory'] as const) {
        const of = moments[resource];
        if (of === undefined) continue;
        mean[resource].set(of.mean, row * horizon.steps);
        variance[resource].set(of.variance, row * horizon.steps);
      }
    }
    const names = series.map(([id]) => id.slice(prefix.length));
    return { names, attributed: this.#attributed, mean, variance };
  }
}
