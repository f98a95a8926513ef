import type { History } from '../../simulate/replay/history.ts';
import type { Outcome } from '../../simulate/replay/outcome.ts';

/** What a simulation comes to. */
export interface SimulationResult {
  readonly history: History;
  readonly origin: string;
  readonly outcomes: readonly Outcome[];
  readonly reference: Outcome | undefined;
}
