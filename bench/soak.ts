import { soak } from '../test/journey/support/soak.ts';
import { startWorld } from '../test/journey/support/world.ts';
import type { Benchmark } from './benchmark.ts';

const seconds = 3600;

/** Not a time but whether memory stays flat; needs a control plane, Prometheus and an hour. */
export const soakBenchmark: Benchmark = {
  name: 'soak',
  description: 'an hour of 50 admissions and 50 extender calls a second: failures, memory (by name only)',
  isLong: true,
  async run() {
    const world = await startWorld({ recordings: ['crane-1', 'rds-e47b3b', 'asg', 'azure-2019'] });
    try {
      const figures = await soak(world.served, seconds, world.services.length, ['node-0', 'node-1', 'node-2']);
      return [
        {
          seconds: Math.round(figures.seconds),
          admissions: figures.admissions.calls,
          'extender calls': figures.extenderCalls.calls,
          failed: figures.admissions.failures.length + figures.extenderCalls.failures.length,
          'memory, 2nd quarter (MiB)': Math.round(figures.earlyMebibytes),
          'memory, last quarter (MiB)': Math.round(figures.lateMebibytes),
        },
      ];
    } finally {
      await world.end();
    }
  },
};
