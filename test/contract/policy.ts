import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PerResource, resources } from '../../src/core/resource.ts';
import type { Advice, Policy, PolicyKind, PolicySetup } from '../../src/simulate/policy.ts';

const start = 1_700_000_100;
const stepSeconds = 300;
const gibibyte = 2 ** 30;
const none = Number.NaN;

interface Step {
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
  readonly killed?: readonly number[];
  /** By how many steps later than the one before; 1 without it. */
  readonly later?: number;
}

/** What every policy keeps, whatever it is told. */
export function policyContract(kind: PolicyKind): void {
  const setupOf = (count: number): PolicySetup => ({
    stepSeconds,
    objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 },
    series: Array.from({ length: count }, (_, i) => ({
      id: `shop/Deployment/service-${i}/app`,
      capacity: { cpu: 4000, memory: 8 * gibibyte },
    })),
  });
  /** Tells steps; `each` is called after every one. */
  const told = (count: number, steps: Iterable<Step>, each: (policy: Policy) => void = () => {}): Policy => {
    const policy = kind.create(setupOf(count));
    const usage = { cpu: new Float64Array(count), memory: new Float64Array(count) };
    let timeSeconds = start;
    for (const { cpu, memory, killed = [], later = 1 } of steps) {
      timeSeconds += later * stepSeconds;
      usage.cpu.set(cpu);
      usage.memory.set(memory);
      policy.observe({ timeSeconds, usage, killed });
      each(policy);
    }
    return policy;
  };

  describe(`${kind.name} keeps the contract of a policy`, () => {
    test('it has a name, and says nothing that cannot be followed before the first step', () => {
      const policy = kind.create(setupOf(3));
      expect(policy.name).toBe(kind.name);
      expectSound(policy.recommend(), 3);
    });

    test('no containers are containers like others', () => {
      expectSound(told(0, waves(0, 30)).recommend(), 0);
    });

    test('after two days its bounds hold its target between them', () => {
      expectSound(told(3, waves(3, 576)).recommend(), 3);
    });

    test('containers without a sample, with gaps, with zeros and with one resource alone are all answered', () => {
      const steps = [...waves(5, 400)].map(({ cpu: [a = 0, ...cpu], memory: [b = 0, ...memory] }, k): Step => {
        const gap = k % 7 === 0;
        return {
          cpu: [none, gap ? none : a, 0, none, cpu[3] ?? 0],
          memory: [none, gap ? none : b, 0, memory[2] ?? 0, none],
        };
      });
      expectSound(told(5, steps).recommend(), 5);
    });

    test('steps may be left out, for minutes and for months', () => {
      const steps = [...waves(2, 300)].map(
        (step, k): Step => ({ ...step, later: k === 100 ? 40 : k === 200 ? 12_000 : 1 }),
      );
      expectSound(told(2, steps).recommend(), 2);
    });

    test('asking changes nothing', () => {
      const rarely = told(2, waves(2, 320));
      const often = told(2, waves(2, 320), (policy) => policy.recommend());
      expectSame(often.recommend(), rarely.recommend());
      expectSame(rarely.recommend(), rarely.recommend());
    });

    test('asked for some it says of them what it says when asked for all', () => {
      const policy = told(4, waves(4, 320));
      const [all, some] = [policy.recommend(), policy.recommend([1, 3])];
      for (const resource of resources) {
        for (const i of [1, 3]) expect(some[resource].target[i]).toBe(all[resource].target[i]);
      }
    });

    test('it keeps nothing of the arrays it is told, and what it answers is the caller’s', () => {
      const policy = told(2, waves(2, 320));
      const first = policy.recommend();
      const kept = { cpu: copy(first.cpu), memory: copy(first.memory) };
      for (const resource of resources) first[resource].target.fill(1);
      expectSame(policy.recommend(), kept);
    });

    test('two that are told the same say the same, whatever comes later', () => {
      const steps = [...waves(2, 600)];
      const answers: PerResource<Advice>[] = [];
      told(2, steps, (policy) => answers.push(policy.recommend()));
      const early = told(2, steps.slice(0, 300));
      expectSame(early.recommend(), answers[299] ?? early.recommend());
    });

    const itself = (): void => {
      const together = told(3, waves(3, 400)).recommend();
      const alone = told(
        1,
        [...waves(3, 400)].map(({ cpu, memory }): Step => ({ cpu: cpu.slice(2), memory: memory.slice(2) })),
      ).recommend();
      for (const resource of resources) expect(alone[resource].target[0]).toBe(together[resource].target[2]);
    };
    if (kind.isIndependent) test('what it says of a container depends on that container alone', itself);

    test('a kill is survived, also in the first step and of a container that has no other sample', () => {
      const steps = [...waves(2, 40)].map((step, k): Step => (k % 9 === 0 ? { ...step, killed: [0, 1] } : step));
      expectSound(told(2, steps).recommend(), 2);
      expectSound(told(1, [{ cpu: [none], memory: [gibibyte], killed: [0] }]).recommend(), 1);
    });

    test('10,000 containers are told and answered', () => {
      expectSound(told(10_000, waves(10_000, 14)).recommend(), 10_000);
    });

    test('whatever it is told, it answers what can be followed', () => {
      const value = fc.oneof(fc.constant(none), fc.constant(0), fc.double({ min: 0, max: 2 ** 45, noNaN: true }));
      const step = fc.record({
        cpu: fc.tuple(value, value),
        memory: fc.tuple(value, value),
        later: fc.integer({ min: 1, max: 500 }),
        killed: fc.constantFrom([], [0], [1], [0, 1]),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          // A kill has a limit that was hit.
          const sane = steps.map((one) => ({
            ...one,
            killed: one.killed.filter((i) => !Number.isNaN(one.memory[i] ?? none)),
          }));
          expectSound(told(2, sane).recommend(), 2);
        }),
        { numRuns: 60 },
      );
    });
  });
}

/** Containers with a daily wave each, the same on every run. */
function* waves(count: number, steps: number): Generator<Step> {
  for (let k = 0; k < steps; k += 1) {
    const wave = (i: number): number => 1 + 0.5 * Math.sin((2 * Math.PI * (k + 31 * i)) / 288) + ((k * 7 + i) % 5) / 20;
    yield {
      cpu: Array.from({ length: count }, (_, i) => 300 * wave(i)),
      memory: Array.from({ length: count }, (_, i) => Math.round(0.4 * gibibyte * wave(i + 3))),
    };
  }
}

function copy({ lower, target, upper }: Advice): Advice {
  return { lower: lower.slice(), target: target.slice(), upper: upper.slice() };
}

function expectSame(a: PerResource<Advice>, b: PerResource<Advice>): void {
  for (const resource of resources) expect(a[resource]).toEqual(b[resource]);
}

/** As many numbers as containers, each NaN or finite and at least 0, bounds around the target. */
function expectSound(advice: PerResource<Advice>, count: number): void {
  for (const resource of resources) {
    const { lower, target, upper } = advice[resource];
    expect([lower.length, target.length, upper.length]).toEqual([count, count, count]);
    const wrong = [...target.keys()].find((i) => !isSound(lower[i] ?? 0, target[i] ?? 0, upper[i] ?? 0));
    if (wrong !== undefined)
      expect({ resource, wrong, lower: lower[wrong], target: target[wrong], upper: upper[wrong] }).toBe('sound');
  }
}

function isSound(lower: number, target: number, upper: number): boolean {
  if (Number.isNaN(target)) return true;
  const isOrdered = !(lower > target) && !(upper < target);
  return Number.isFinite(target) && target >= 0 && !(lower < 0) && isOrdered;
}
