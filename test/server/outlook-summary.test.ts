import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outlook } from '../../src/core/outlook.ts';
import { summaryOf } from '../../src/server/outlook-summary.ts';
import { outlookOf } from '../support/samples.ts';

/** An Outlook of nodes whose cpu is given, a row each. */
function withCpu(rows: readonly (readonly number[])[], steps: number): Outlook {
  const names = rows.map((_, row) => `node-${row}`);
  const zero = new Float32Array(rows.length * steps);
  const flat = Float32Array.from(rows.flat());
  const nodes = { names, attributed: true, mean: { cpu: flat, memory: zero }, variance: { cpu: zero, memory: zero } };
  return { ...outlookOf(1, []), steps, nodes };
}

describe('the summary of an Outlook', () => {
  test('adds up the nodes step by step and names the busiest with the time of their peak', () => {
    const outlook = withCpu(
      [
        [1, 5, 2],
        [7, 0, 0],
        [3, 3, 9],
      ],
      3,
    );
    const { count, total, busiest } = summaryOf(outlook);
    const at = (step: number): number => outlook.horizonStartSeconds + step * outlook.stepSeconds;
    expect([count, total.cpu]).toEqual([3, [11, 8, 11]]);
    expect(busiest.cpu).toEqual([
      { node: 'node-2', peak: 9, peakSeconds: at(2) },
      { node: 'node-1', peak: 7, peakSeconds: at(0) },
      { node: 'node-0', peak: 5, peakSeconds: at(1) },
    ]);
  });

  test('of no nodes is empty', () => {
    expect(summaryOf(withCpu([], 3))).toMatchObject({ count: 0, total: { cpu: [0, 0, 0] }, busiest: { cpu: [] } });
  });

  test('names the 20 that sorting would name, the first of equals first', () => {
    const steps = 4;
    const row = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: steps, maxLength: steps });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const sorted = rows
          .map((values, index) => ({ node: `node-${index}`, peak: Math.max(...values) }))
          .sort((a, b) => b.peak - a.peak)
          .slice(0, 20);
        const found = summaryOf(withCpu(rows, steps)).busiest.cpu;
        expect(found.map(({ node, peak }) => ({ node, peak }))).toEqual(sorted);
      }),
    );
  });
});
