import type { History } from '../replay/history.ts';
import type { Outcome } from '../replay/outcome.ts';

/** What a report is made of. */
export interface ReportData {
  /** What was replayed, for people: a folder, a server. */
  readonly origin: string;
  readonly history: History;
  readonly outcomes: readonly Outcome[];
  /** The outcome whose containers are shown over time, and the one beside it. */
  readonly own: Outcome | undefined;
  readonly reference: Outcome | undefined;
}
