import { describe, expect, test } from 'vitest';
import { clusterAvailable } from '../../cluster/available.ts';
import { clusterStartMilliseconds } from '../../cluster/start.ts';
import { prometheusMissing } from '../../support/prometheus.ts';
import { runFleet } from './run-fleet.ts';

const skip = clusterAvailable() ?? prometheusMissing();

describe.skipIf(skip !== undefined)(`a fleet on recorded load${skip === undefined ? '' : ` (${skip})`}`, () => {
  test(
    'nodes are hot for at most half as long with the extender',
    async () => {
      const say = (line: string): void => void process.stdout.write(`fleet: ${line}\n`);
      const figures = await runFleet({ seed: 2, nodes: 100, say });
      console.table([
        { arm: 'scheduler alone', 'hot node-minutes': figures.stock.minutes, 'highest use': figures.stock.highest },
        {
          arm: 'with Barograph',
          'hot node-minutes': figures.forecast.minutes,
          'highest use': figures.forecast.highest,
        },
        { arm: 'no new pods', 'hot node-minutes': figures.stock.base },
      ]);
      expect(figures.stock.minutes).toBeGreaterThan(0);
      expect(figures.ratio).toBeLessThanOrEqual(0.5);
    },
    clusterStartMilliseconds,
  );
});
