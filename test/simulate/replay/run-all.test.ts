import { describe, expect, test } from 'vitest';
import { pickContainers } from '../../../src/simulate/replay/history.ts';
import { outcomeOf } from '../../../src/simulate/replay/outcome.ts';
import type { Bout, Contender } from '../../../src/simulate/replay/plan.ts';
import { defaultObjective, windowsOf } from '../../../src/simulate/replay/rules.ts';
import { runAll } from '../../../src/simulate/replay/run-all.ts';
import { runBout } from '../../../src/simulate/replay/run-bout.ts';
import { wavyHistory } from '../support/made-history.ts';

const history = wavyHistory(120, 600);
const rules = { variant: 'updater', objective: defaultObjective, windows: windowsOf(600, 300, 86_400) } as const;

function boutOf(contender: Contender): Bout {
  return { contender, rules };
}

describe('replays in threads', () => {
  test('come in the order of the plan, and split by containers they come to what they come to in one thread', async () => {
    const bouts = [
      boutOf({ kind: 'policy', name: 'krr' }),
      boutOf({ kind: 'clairvoyant', hours: 24 }),
      boutOf({ kind: 'policy', name: 'barograph' }),
    ];
    const shares: number[] = [];
    const outcomes = await runAll(history, bouts, ({ share }) => shares.push(share));
    expect(outcomes.map(({ name }) => name)).toEqual(['krr', 'clairvoyant-24h', 'barograph']);
    for (const [i, bout] of bouts.entries()) {
      const alone = outcomeOf(bout, [runBout(history, bout, () => {})]);
      expect(outcomes[i]?.windows).toEqual(alone.windows);
      expect(outcomes[i]?.changes).toEqual(alone.changes);
    }
    expect(shares.at(-1)).toBeCloseTo(1, 9);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  test('a program comes to what the policy in it comes to in a thread', async () => {
    const some = pickContainers(history, [0, 5, 7]);
    const program = new URL('../support/serve.ts', import.meta.url).pathname;
    const command = `'${process.execPath}' --disable-warning=ExperimentalWarning '${program}' seasonal`;
    const bouts = [boutOf({ kind: 'command', command }), boutOf({ kind: 'policy', name: 'seasonal' })];
    const [outside, inside] = await runAll(some, bouts);
    expect(outside?.name).toBe('seasonal');
    expect(outside?.windows).toEqual(inside?.windows);
  });

  test('one that fails fails the plan, with its name', async () => {
    const bouts = [boutOf({ kind: 'policy', name: 'static' }), boutOf({ kind: 'command', command: 'false' })];
    await expect(runAll(history, bouts)).rejects.toMatchObject({
      code: 'POLICY_FAILED',
      message: expect.stringContaining("the policy 'false'"),
    });
  });
});
