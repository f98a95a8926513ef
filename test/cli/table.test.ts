import { expect, test } from 'vitest';
import { percent, renderTable } from '../../src/cli/table.ts';

test('columns are as wide as their longest cell, and numbers stand at the right', () => {
  expect(
    renderTable(
      ['name', 'cpu'],
      [
        ['a', '1'],
        ['longer', '250'],
      ],
    ),
  ).toBe(['name    cpu', '──────  ───', 'a         1', 'longer  250'].join('\n'));
});

test('a table without rows is its header', () => {
  expect(renderTable(['name'], [])).toBe('name\n────');
});

test('shares are percentages with the digits that matter', () => {
  expect([0.005, 0.12, 1, 0.001234].map((share) => percent(share))).toEqual(['0.5 %', '12 %', '100 %', '0.123 %']);
  expect(percent(null)).toBe('–');
});
