import type { Decision } from '../core/decision.ts';
import type { ContainerForecast, Outlook } from '../core/outlook.ts';

/** The state of one model of one series. */
export interface StoredModel {
  /** Which series: `container:<containerId>:cpu`, `node:<name>:memory`, … */
  readonly id: string;
  readonly state: Uint8Array;
}

/** Everything that one step of training changed; kept whole or not at all. */
export interface TrainedStep {
  /** Unix seconds up to which measurements are in the models. */
  readonly trainedToSeconds: number;
  readonly models: readonly StoredModel[];
  readonly removedModels: readonly string[];
}

export interface PublishedOutlook {
  readonly outlook: Outlook;
  readonly forecasts: readonly ContainerForecast[];
  /** Containers whose forecast no longer stands. */
  readonly withdrawn: readonly string[];
}

/** What is kept between processes and restarts. Every implementation passes test/contract/knowledge.ts. */
export interface KnowledgeBase {
  readonly kind: string;
  saveStep(step: TrainedStep): Promise<void>;
  /** Where training stands; undefined when nothing was ever trained. */
  trainedToSeconds(): Promise<number | undefined>;
  models(): AsyncIterable<StoredModel>;
  publish(published: PublishedOutlook): Promise<void>;
  outlook(): Promise<Outlook | undefined>;
  forecast(id: string): Promise<ContainerForecast | undefined>;
  forecasts(): AsyncIterable<ContainerForecast>;
  recordDecisions(decisions: readonly Decision[]): Promise<void>;
  decision(id: string): Promise<Decision | undefined>;
  /** The newest decisions first. */
  decisions(limit: number): Promise<Decision[]>;
  /** Forgets decisions older than this. */
  prune(olderThanSeconds: number): Promise<void>;
  close(): Promise<void>;
}
