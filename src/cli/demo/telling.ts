import type { Decision } from '../../core/decision.ts';
import type { Logger } from '../../core/log.ts';
import type { StoryPod } from './story.ts';

export interface TellingOptions {
  /** The folder of the demo's traces. */
  readonly traces: string;
  readonly logger: Logger;
  readonly progress: (line: string) => void;
}

/** What happened to a pod of the story. */
export interface ToldPod {
  readonly story: StoryPod;
  readonly name: string;
  readonly warnings: readonly string[];
  /** Undefined when it fitted nowhere. */
  readonly choice: { readonly node: string; readonly score: number | undefined; readonly of: number } | undefined;
  /** Where a scheduler without Barograph puts it, with the requests as written. */
  readonly stockNode: string | undefined;
  /** Undefined when it went through unchanged. */
  readonly decision: Decision | undefined;
}

export interface Told {
  /** The time of the recordings at which the pods were created. */
  readonly fromSeconds: number;
  readonly outlookVersion: number;
  readonly pods: readonly ToldPod[];
}
