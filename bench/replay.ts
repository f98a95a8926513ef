import { availableParallelism } from 'node:os';
import { policyKinds } from '../src/simulate/policies.ts';
import { type History, sharedMatrix } from '../src/simulate/replay/history.ts';
import type { Bout, Contender } from '../src/simulate/replay/plan.ts';
import { defaultObjective, windowsOf } from '../src/simulate/replay/rules.ts';
import { runAll } from '../src/simulate/replay/run-all.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { demand, startSeconds, stepSeconds, stepsPerDay } from './series.ts';

const containers = 1000;
const days = 14;
/** Requests that nobody knows, and a variant of another. */
const left = ['unchanged', 'krr-floors'];

/** How long a replay of many containers takes, by policy and in all. */
export const replayBenchmark: Benchmark = {
  name: 'replay',
  description: `all policies of \`barograph simulate\` on ${containers} containers, ${days} days (seconds of one thread, and of all)`,
  async run() {
    const history = madeHistory();
    const rules = {
      variant: 'updater',
      objective: defaultObjective,
      windows: windowsOf(history.times.length, stepSeconds, 7 * 86_400),
    } as const;
    const contenders: Contender[] = [
      ...policyKinds
        .filter(({ name }) => !left.includes(name))
        .map(({ name }): Contender => ({ kind: 'policy', name })),
      { kind: 'clairvoyant', hours: 24 },
    ];
    const bouts = contenders.map((contender): Bout => ({ contender, rules }));
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const outcomes = await runAll(history, bouts);
    const used = process.cpuUsage(cpu);
    return [
      ...outcomes.map(({ name, seconds }): Row => ({ policy: name, threadSeconds: rounded(seconds) })),
      {
        policy: `all, ${availableParallelism()} threads`,
        threadSeconds: rounded((used.user + used.system) / 1e6),
        wallSeconds: rounded((performance.now() - began) / 1000),
      },
    ];
  },
};

function madeHistory(): History {
  const steps = days * stepsPerDay;
  const usage = { cpu: sharedMatrix(steps, containers), memory: sharedMatrix(steps, containers) };
  for (let step = 0; step < steps; step += 1) {
    for (let i = 0; i < containers; i += 1) {
      usage.cpu[step * containers + i] = demand(i, step);
      usage.memory[step * containers + i] = Math.round(demand(i + containers, step) * 2 ** 20);
    }
  }
  return {
    ids: Array.from({ length: containers }, (_, i) => `team-${i % 50}/Deployment/service-${i}/app`),
    stepSeconds,
    times: Float64Array.from({ length: steps }, (_, step) => startSeconds + (step + 1) * stepSeconds),
    usage,
    capacity: {
      cpu: new Float64Array(containers).fill(1000),
      memory: new Float64Array(containers).fill(2 ** 30),
    },
    isCapacityKnown: true,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
