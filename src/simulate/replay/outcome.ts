import { type Resampled, resample } from './bootstrap.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Bout, nameOf } from './plan.ts';
import type { ReplayWindow } from './rules.ts';
import { type SumName, type Sums, sumNames } from './tally.ts';

/** Every change of a request, in their order; `changes[4 · k]` …: step at whose end it was made, container, millicores, bytes. */
export type Changes = Float64Array;

/** What the replay of some of the containers came to. */
export interface Part {
  readonly windows: readonly { readonly window: ReplayWindow; readonly sums: Sums }[];
  readonly changes: Changes;
  readonly seconds: number;
  /** What a program calls itself. */
  readonly calledItself: string | undefined;
}

/** What a window of a replay came to. */
export interface WindowOutcome {
  readonly window: ReplayWindow;
  readonly sums: Sums;
  readonly figures: Figures;
  readonly resampled: Resampled;
}

/** What one replay came to. */
export interface Outcome {
  readonly bout: Bout;
  /** Its label, or what the policy calls itself. */
  readonly name: string;
  /** Of one thread. */
  readonly seconds: number;
  readonly windows: readonly WindowOutcome[];
  readonly changes: Changes;
}

/** Puts the parts of a replay together, in the order of their containers. */
export function outcomeOf(bout: Bout, parts: readonly Part[]): Outcome {
  const { objective, windows } = bout.rules;
  const joined = windows.map((window, w): WindowOutcome => {
    const sums = joinSums(parts.flatMap((part) => part.windows[w]?.sums ?? []));
    return { window, sums, figures: figuresOf(sums, objective), resampled: resample(sums, objective) };
  });
  return {
    bout,
    name: bout.label ?? parts[0]?.calledItself ?? nameOf(bout),
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    windows: joined,
    changes: joinChanges(parts),
  };
}

function joinSums(all: readonly Sums[]): Sums {
  const columns = sumNames.map((name): [SumName, Float64Array] => {
    return [name, Float64Array.from(all.flatMap((sums) => Array.from(sums[name])))];
  });
  return Object.fromEntries(columns) as Record<SumName, Float64Array>;
}

/** Numbers the containers of each part after those before, and sorts by step. */
function joinChanges(parts: readonly Part[]): Changes {
  const rows: [step: number, container: number, cpu: number, memory: number][] = [];
  let before = 0;
  for (const { changes, windows } of parts) {
    for (let at = 0; at < changes.length; at += 4) {
      rows.push([changes[at] ?? 0, before + (changes[at + 1] ?? 0), changes[at + 2] ?? 0, changes[at + 3] ?? 0]);
    }
    before += windows[0]?.sums.days.length ?? 0;
  }
  return Float64Array.from(rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat());
}
