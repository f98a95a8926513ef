import type { Decision } from '../core/decision.ts';
import type { ContainerForecast, Outlook } from '../core/outlook.ts';

/** The state of one model of one series. */
export interface StoredModel {
  /** Which series: `container:<containerId>:cpu`, `node:<name>:memory`, … */
  readonly id: string;
  readonly state: Uint8Array;
}

/** Everything that training changed since the last checkpoint; kept whole or not at all. */
export interface Checkpoint {
  /** Unix seconds up to which measurements are in the models. */
  readonly trainedToSeconds: number;
  readonly models: readonly StoredModel[];
  readonly removedModels: readonly string[];
}

/** Measurements that are in the models of the process that trains, but in no checkpoint yet. */
export interface JournalEntry {
  /** Unix seconds of the newest measurement in it. */
  readonly toSeconds: number;
  readonly body: Uint8Array;
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
  /** Keeps models and forgets the journal up to there. */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  appendJournal(entry: JournalEntry): Promise<void>;
  /** What was journalled since the last checkpoint, oldest first. */
  journal(): AsyncIterable<JournalEntry>;
  /** Where training stands; undefined when nothing was ever trained. */
  trainedToSeconds(): Promise<number | undefined>;
  models(): AsyncIterable<StoredModel>;
  publish(published: PublishedOutlook): Promise<void>;
  /** Of the newest Outlook. */
  outlookVersion(): Promise<number | undefined>;
  /** The newest Outlook that can be read; what is damaged counts as not there. */
  outlook(): Promise<Outlook | undefined>;
  forecast(id: string): Promise<ContainerForecast | undefined>;
  /** All whose id begins with `prefix`, by id. */
  forecasts(prefix?: string): AsyncIterable<ContainerForecast>;
  recordDecisions(decisions: readonly Decision[]): Promise<void>;
  decision(id: string): Promise<Decision | undefined>;
  /** The newest decisions first. */
  decisions(limit: number): Promise<Decision[]>;
  /** Forgets decisions older than this. */
  prune(olderThanSeconds: number): Promise<void>;
  close(): Promise<void>;
}
