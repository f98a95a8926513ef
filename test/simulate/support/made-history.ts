import { type History, sharedMatrix } from '../../../src/simulate/replay/history.ts';

/** A history from rows of `[cpu, memory]` of each container; every container begins with the capacity given. */
export function madeHistory(
  rows: readonly (readonly (readonly [cpu: number, memory: number])[])[],
  capacity: readonly [cpu: number, memory: number] = [1000, 1000],
  stepSeconds = 300,
): History {
  const count = rows[0]?.length ?? 0;
  const usage = { cpu: sharedMatrix(rows.length, count), memory: sharedMatrix(rows.length, count) };
  for (const [step, row] of rows.entries()) {
    for (const [i, [cpu, memory]] of row.entries()) {
      usage.cpu[step * count + i] = cpu;
      usage.memory[step * count + i] = memory;
    }
  }
  return {
    ids: Array.from({ length: count }, (_, i) => `shop/Deployment/service-${i}/app`),
    stepSeconds,
    times: Float64Array.from(rows, (_, step) => 1_700_000_100 + step * stepSeconds),
    usage,
    capacity: {
      cpu: new Float64Array(count).fill(capacity[0]),
      memory: new Float64Array(count).fill(capacity[1]),
    },
    isCapacityKnown: true,
  };
}

/** Some containers with waves and peaks, the same on every run. */
export function wavyHistory(containers: number, steps: number): History {
  const value = (step: number, i: number): number =>
    2 +
    Math.sin((2 * Math.PI * (step + 31 * i)) / 288) +
    ((step * 7 + i * 13) % 23) / 20 +
    ((step * 3 + i) % 401 === 0 ? 4 : 0);
  const rows = Array.from({ length: steps }, (_, step) =>
    Array.from(
      { length: containers },
      (_, i) => [100 * value(step, i), Math.round(2 ** 27 * value(step + 50, i))] as const,
    ),
  );
  return madeHistory(rows, [2000, 2 ** 31]);
}
