import { describe, expect, test } from 'vitest';
import type { PolicyStep } from '../../../src/simulate/policy.ts';
import { type DriverLine, DriverLines } from '../../../src/simulate/protocol/read-line.ts';
import { resetLine, stepLine } from '../support/lines.ts';

function lastOf(...lines: readonly string[]): DriverLine {
  const reader = new DriverLines();
  const read = lines.map((line) => reader.read(line));
  const last = read.at(-1);
  if (last === undefined) throw new RangeError('expected a line');
  return last;
}

function stepOf(line: DriverLine): PolicyStep & { readonly reply: boolean } {
  if (line.kind !== 'step') throw new RangeError('expected a step');
  return { ...line.step, reply: line.reply };
}

describe('lines of a driver', () => {
  test('a reset says which containers there are and what is promised', () => {
    expect(lastOf(resetLine(1))).toEqual({
      kind: 'reset',
      setup: {
        stepSeconds: 300,
        objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 },
        series: [{ id: 'web-0', capacity: { cpu: 4000, memory: 8 * 2 ** 30 } }],
      },
    });
  });

  test('a step holds NaN where there is no sample, and below zero there is none', () => {
    const more = { cpuMillicores: [731.5, null, -1], memoryBytes: [null, 0, 5], outOfMemory: [2], reply: true };
    const step = stepOf(lastOf(resetLine(3), stepLine(300, 3, more)));
    expect(step.timeSeconds).toBe(300);
    expect(step.reply).toBe(true);
    expect(step.killed).toEqual([2]);
    expect(step.usage).toEqual({
      cpu: Float64Array.of(731.5, Number.NaN, Number.NaN),
      memory: Float64Array.of(Number.NaN, 0, 5),
    });
  });

  test('steps may be left out, and fields that are not known are passed over', () => {
    const lines = [resetLine(1, { colour: 'red' }), stepLine(300, 1), stepLine(90_000, 1, { later: [1, 2] })];
    expect(stepOf(lastOf(...lines)).timeSeconds).toBe(90_000);
  });

  test('after another reset times may start again, for other containers', () => {
    expect(stepOf(lastOf(resetLine(1), stepLine(600, 1), resetLine(2), stepLine(300, 2))).usage.cpu.length).toBe(2);
  });

  test.each([
    ['nothing', ''],
    ['half an object', '{"type":"step"'],
    ['an array', '[1]'],
    ['NaN, which is not JSON', stepLine(300, 1).replace('100', 'NaN')],
    ['a type that there is not', '{"type":"stop"}'],
    ['too few values', stepLine(300, 1, { cpuMillicores: [] })],
    ['too many values', stepLine(300, 1, { memoryBytes: [1, 2] })],
    ['values that are no numbers', stepLine(300, 1, { cpuMillicores: ['7'] })],
    ['no values', stepLine(300, 1, { memoryBytes: null })],
    ['a killed container that there is not', stepLine(300, 1, { outOfMemory: [1] })],
    ['half a killed container', stepLine(300, 1, { outOfMemory: [0.5] })],
    ['no list of killed containers', stepLine(300, 1, { outOfMemory: undefined })],
    ['a time that is no number', stepLine(300, 1, { time: '300' })],
    ['no word on whether to answer', stepLine(300, 1, { reply: undefined })],
    ['a step without an end', resetLine(1, { stepSeconds: 0 })],
    ['no promise', resetLine(1, { objective: undefined })],
    ['half a promise', resetLine(1, { objective: { cpuExceeded: 0.01 } })],
    ['no containers', resetLine(1, { series: {} })],
    ['a container without a name', resetLine(1, { series: [{ cpuCapacityMillicores: 1, memoryCapacityBytes: 1 }] })],
    ['a container without a size', resetLine(1, { series: [{ id: 'a', cpuCapacityMillicores: 1 }] })],
  ])('%s is refused with the number of the line', (_, line) => {
    const reader = new DriverLines();
    reader.read(resetLine(1));
    expect(() => reader.read(line)).toThrow(/^line 2: expected .*, received '/);
  });

  test('a step before the first reset, and one that is not later than the last, are refused', () => {
    expect(() => lastOf(stepLine(300, 1))).toThrow("expected a line of type 'reset' first");
    expect(() => lastOf(resetLine(1), stepLine(300, 1), stepLine(300, 1))).toThrow("'time' to be a number above 300");
  });
});
