import { expect, test } from 'vitest';
import { warmUp } from '../../src/extender/warm-up.ts';

test.each(['writer', 'reader'] as const)(
  'a thread of either kind is warmed, and nothing is left behind: %s',
  async (kind) => {
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    await warmUp(kind);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length).toBeLessThanOrEqual(
      before + 1,
    );
  },
);
