import { expect, test } from 'vitest';
import { madeUpExtender } from '../../src/extender/warm-up.ts';

test.each(['writer', 'reader'] as const)('an extender that is made up scores its fleet: %s', async (kind) => {
  const extender = madeUpExtender(kind);
  for (const body of extender.bodies) {
    const scores = JSON.parse((await extender.prioritize(body)).toString()) as { Score: number }[];
    expect(new Set(scores.map(({ Score }) => Score)).size).toBeGreaterThan(5);
    const { NodeNames } = JSON.parse((await extender.filter(body)).toString()) as { NodeNames: string[] };
    expect(NodeNames.length).toBeGreaterThan(100);
  }
  extender.close();
});
