import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectiveNames, parseObjective, readObjective } from '../../src/core/objective.ts';
import { expectPointsAt } from './points-at.ts';

describe('valid objectives', () => {
  test.each([
    ['cpu-exceeded', '1%', { cpuExceeded: 0.01 }],
    ['cpu-exceeded', '0.05%', { cpuExceeded: 0.0005 }],
    ['cpu-exceeded', ' \t 1 % ', { cpuExceeded: 0.01 }],
    ['cpu-exceeded', '99.9%', { cpuExceeded: 0.9990000000000001 }],
    ['memory-exceeded', '0.1%', { memoryExceeded: 0.001 }],
    ['memory-exceeded', '100%', { memoryExceeded: 1 }],
    ['latency', 'p99 < 250ms', latency(0.99, '<', 250)],
    ['latency', 'p99.9<=1.5s', latency(0.9990000000000001, '<=', 1500)],
    ['latency', 'p50<2us', latency(0.5, '<', 0.002)],
    ['latency', 'p50<2µs', latency(0.5, '<', 0.002)],
    ['latency', 'p95 < 1m30s', latency(0.95, '<', 90_000)],
    ['latency', 'p95 < .5h', latency(0.95, '<', 1_800_000)],
    ['latency', 'mean < 20ms', { latency: { statistic: 'mean', comparison: '<', latencyMilliseconds: 20 } }],
    ['latency', 'max<=1s', { latency: { statistic: 'max', comparison: '<=', latencyMilliseconds: 1000 } }],
    ['throughput', '> 300/s', { throughput: { comparison: '>', value: 300, unit: '/s' } }],
    ['throughput', '>= 2000 iops', { throughput: { comparison: '>=', value: 2000, unit: 'iops' } }],
    ['throughput', '>50MiB/s', { throughput: { comparison: '>', value: 50, unit: 'MiB/s' } }],
    ['throughput', '> 1.5 MB/s', { throughput: { comparison: '>', value: 1.5, unit: 'MB/s' } }],
    ['throughput', '> 6000/m', { throughput: { comparison: '>', value: 6000, unit: '/m' } }],
    ['throughput', '> 300', { throughput: { comparison: '>', value: 300, unit: 'none' } }],
    ['availability', '> 99.95%', { availability: { comparison: '>', share: 0.9995 } }],
    ['availability', '>= 100%', { availability: { comparison: '>=', share: 1 } }],
    ['profile', 'istio', { profile: 'istio' }],
    ['profile', 'a'.repeat(63), { profile: 'a'.repeat(63) }],
  ])('%s: %s', (name, text, expected) => {
    expect(parseObjective(name, text)).toEqual(expected);
  });
});

describe('invalid objectives point at the character', () => {
  test.each([
    ['cpu-exceeded', '1', 2, "'%'"],
    ['cpu-exceeded', '0%', 1, 'a percentage above 0 and below 100'],
    ['cpu-exceeded', '-1%', 1, 'a number'],
    ['cpu-exceeded', '100%', 1, 'a percentage above 0 and below 100'],
    ['cpu-exceeded', '1e1%', 2, "'%'"],
    ['cpu-exceeded', '1% x', 4, 'the end'],
    ['cpu-exceeded', '', 1, 'a number'],
    ['memory-exceeded', '100.1%', 1, 'a percentage above 0 and at most 100'],
    ['memory-exceeded', '0%', 1, 'a percentage above 0 and at most 100'],
    ['latency', 'p99 > 250ms', 5, "'<' or '<='"],
    ['latency', 'p100 < 1s', 1, 'a percentile above 0 and below 100'],
    ['latency', 'p0 < 1s', 1, 'a percentile above 0 and below 100'],
    ['latency', '99 < 250ms', 1, "'mean', 'max' or a percentile such as 'p99'"],
    ['latency', 'P99 < 250ms', 1, "'mean', 'max' or a percentile such as 'p99'"],
    ['latency', 'p99 < 250', 7, "a duration with a unit, such as '250ms'"],
    ['latency', 'p99 < 250 ms', 7, "a duration with a unit, such as '250ms'"],
    ['latency', 'p99 < 250mss', 12, 'the end'],
    ['latency', 'p99 < 0ms', 7, 'a duration above zero'],
    ['latency', '> 300', 1, "'mean', 'max' or a percentile such as 'p99'"],
    ['latency', '', 1, "'mean', 'max' or a percentile such as 'p99'"],
    ['throughput', '< 300/s', 1, "'>' or '>='"],
    ['throughput', '> /s', 3, 'a number'],
    ['throughput', '> 0/s', 3, 'a number above 0'],
    ['throughput', '> 300/h', 6, 'the end'],
    ['availability', '99%', 1, "'>' or '>='"],
    ['availability', '> 100%', 3, 'a percentage above 0 and below 100'],
    ['profile', 'Istio', 1, 'a DNS label'],
    ['profile', 'a_b', 2, 'the end'],
    ['profile', 'a'.repeat(64), 64, 'the end'],
    ['profile', '', 1, 'a DNS label'],
  ] as const)('%s: %j', (name, text, character, expected) => {
    expectPointsAt(() => parseObjective(name, text), text, character, expected);
  });

  test('an unknown objective names the known ones', () => {
    expect(() => parseObjective('speed', '1%')).toThrow(
      /speed: unknown objective; expected one of cpu-exceeded, memory/,
    );
    for (const name of ['constructor', '__proto__', '']) {
      expect(() => parseObjective(name, '1%')).toThrow(expect.objectContaining({ code: 'ANNOTATION_INVALID' }));
    }
  });
});

test('any text is read or refused with a code, never anything else', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[p0-9.<>=% msu/h]{0,14}$/));
  fc.assert(
    fc.property(fc.constantFrom(...objectiveNames), texts, (name, text) => {
      try {
        expect(Object.keys(parseObjective(name, text))).toHaveLength(1);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ANNOTATION_INVALID' });
      }
    }),
    { numRuns: 500 },
  );
});

test('any percentage between 0 and 100 is read to its share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (thousandths) => {
      const { cpuExceeded = 0 } = parseObjective('cpu-exceeded', `${thousandths / 1000}%`);
      expect(cpuExceeded).toBeCloseTo(thousandths / 1e5, 12);
    }),
  );
});

describe('the annotations of an object', () => {
  test('are read together, and others are left alone', () => {
    const read = readObjective({
      'slo.barograph.dev/cpu-exceeded': '1%',
      'slo.barograph.dev/profile': 'istio',
      'barograph.dev/mode': 'observe',
      'example.org/x': 'y',
    });
    expect(read).toEqual({ objective: { cpuExceeded: 0.01, profile: 'istio' }, errors: [], present: true });
  });

  test('that cannot be read leave the others standing, and still mean opting in', () => {
    const read = readObjective({
      'slo.barograph.dev/cpu-exceeded': 'often',
      'slo.barograph.dev/memory-exceeded': '0.1%',
      'slo.barograph.dev/sped': '1%',
    });
    expect(read.objective).toEqual({ memoryExceeded: 0.001 });
    expect(read.errors).toHaveLength(2);
    expect(read.present).toBe(true);
  });

  test('of other kinds, or none, are no objective', () => {
    for (const annotations of [undefined, {}, { 'barograph.dev/bounds': 'off' }]) {
      expect(readObjective(annotations)).toEqual({ objective: {}, errors: [], present: false });
    }
  });
});

function latency(percentile: number, comparison: string, latencyMilliseconds: number) {
  return { latency: { statistic: { percentile }, comparison, latencyMilliseconds } };
}
