import { describe, expect, test } from 'vitest';
import { createOwnPolicy } from '../../src/simulate/own-policy.ts';
import { policyKinds, policyNamed } from '../../src/simulate/policies.ts';
import { policyContract } from '../contract/policy.ts';

for (const kind of policyKinds) policyContract(kind);

describe('policies by name', () => {
  test('each is found by its name, and no name is there twice', () => {
    for (const kind of policyKinds) expect(policyNamed(kind.name)).toBe(kind);
    expect(new Set(policyKinds.map(({ name }) => name)).size).toBe(policyKinds.length);
  });

  test('one that is not known is refused with the nearest', () => {
    expect(() => policyNamed('koordinato')).toThrow("did you mean 'koordinator'?");
    expect(() => policyNamed('zzz')).toThrow('known are barograph, vpa,');
  });
});

describe('the own policy', () => {
  test('answers a kill with more than the limit that was hit', () => {
    const policy = createOwnPolicy({
      stepSeconds: 300,
      objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 },
      series: [{ id: 'shop/Deployment/cart/app', capacity: { cpu: 1000, memory: 2 ** 30 } }],
    });
    const [cpu, memory] = [Float64Array.of(100), Float64Array.of(2 ** 28)];
    for (let k = 1; k <= 288; k += 1) policy.observe({ timeSeconds: k * 300, usage: { cpu, memory }, killed: [] });
    const limit = Math.ceil(policy.recommend().memory.target[0] ?? 0);
    policy.observe({ timeSeconds: 289 * 300, usage: { cpu, memory: Float64Array.of(limit) }, killed: [0] });
    expect(policy.recommend([0]).memory.target[0]).toBeGreaterThan(limit);
  });

  test('asks for more where less risk is promised', () => {
    const targets = [0.005, 0.02, 0.1].map((risk) => {
      const policy = createOwnPolicy({
        stepSeconds: 300,
        objective: { cpuExceeded: risk, memoryExceededPerDay: risk },
        series: [{ id: 'shop/Deployment/cart/app', capacity: { cpu: 1000, memory: 2 ** 30 } }],
      });
      for (let k = 1; k <= 4 * 288; k += 1) {
        const wave = 2 + Math.sin(k / 46) + ((k * 13) % 17) / 17;
        const usage = { cpu: Float64Array.of(100 * wave), memory: Float64Array.of(2 ** 27 * wave) };
        policy.observe({ timeSeconds: k * 300, usage, killed: [] });
      }
      return policy.recommend().cpu.target[0] ?? 0;
    });
    expect(targets).toEqual(targets.toSorted((a, b) => b - a));
  });
});
