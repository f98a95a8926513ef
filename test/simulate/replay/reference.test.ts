import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBitbrains } from '../../../src/simulate/histories/bitbrains.ts';
import type { FigureName } from '../../../src/simulate/replay/figures.ts';
import { type History, holdMemory } from '../../../src/simulate/replay/history.ts';
import { outcomeOf } from '../../../src/simulate/replay/outcome.ts';
import type { Bout, Contender } from '../../../src/simulate/replay/plan.ts';
import { defaultObjective, type Variant, windowsOf } from '../../../src/simulate/replay/rules.ts';
import { runBout } from '../../../src/simulate/replay/run-bout.ts';
import { columns, shown } from '../../../src/simulate/report/columns.ts';
import { readDemo, writeTables } from '../support/tables.ts';

interface Reference {
  readonly name: string;
  readonly policy: string;
  readonly variant: Variant;
  readonly metrics: Readonly<Record<string, Readonly<Record<FigureName, number | null>>>>;
}

const path = new URL('../fixtures/reference.json', import.meta.url);
const { results } = JSON.parse(await readFile(path, 'utf8')) as { readonly results: readonly Reference[] };
/** The names of fixtures after the policy and the variant: what was said on the command line. */
const objectives: Readonly<Record<string, Bout['rules']['objective']>> = {
  'seasonal.updater.objective': { cpuExceeded: 0.05, memoryExceededPerDay: 0.3 },
  'clairvoyant-24h.updater.objective': { cpuExceeded: 0.05, memoryExceededPerDay: 3 },
};

describe('a replay comes to the figures of the reference replay in Python on the shipped traces', () => {
  let folder = '';
  let history: History;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'barograph-tables-'));
    await writeTables(await readDemo(), folder);
    history = await readBitbrains(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(results)('$name', ({ name, policy, variant, metrics }) => {
    const replayed = name.endsWith('hold6') ? holdMemory(history, 6) : history;
    const bout: Bout = {
      contender: contenderOf(policy),
      rules: {
        variant,
        objective: objectives[name] ?? defaultObjective,
        windows: windowsOf(history.times.length, 300, 7 * 86_400),
      },
    };
    const { windows } = outcomeOf(bout, [runBout(replayed, bout, () => {})]);
    expect(windows.map(({ window }) => window.name)).toEqual(Object.keys(metrics));
    for (const { window, figures } of windows) {
      for (const [figure, expected] of Object.entries(metrics[window.name] ?? {})) {
        const own = figures[figure as FigureName];
        if (expected === null) expect(own, figure).toBeNull();
        // Sums are added in another order: 12 digits are far more than any table shows.
        else expect(Math.abs((own ?? Number.NaN) - expected), figure).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
      }
      const cells = (of: Readonly<Record<FigureName, number | null>> | undefined): string[] =>
        columns.map((column) => shown(of?.[column.figure], column));
      expect(cells(figures)).toEqual(cells(metrics[window.name]));
    }
  });
});

function contenderOf(policy: string): Contender {
  const hours = Number(/^clairvoyant-(\d+)h$/.exec(policy)?.[1] ?? 0);
  return hours > 0 ? { kind: 'clairvoyant', hours } : { kind: 'policy', name: policy };
}
