import type { Outcome } from '../replay/outcome.ts';

/** Why a container is shown. */
export interface Worst {
  readonly container: number;
  readonly resource: 'cpu' | 'memory';
  readonly why: string;
}

/** The containers that a policy served worst: most kills, largest share of exceeded steps, most memory and most CPU requested in vain. */
export function worstContainers(outcome: Outcome, each: number): Worst[] {
  const sums = outcome.windows.find(({ window }) => window.name === 'scored')?.sums;
  if (sums === undefined) return [];
  const rank = (score: (i: number) => number): number[] =>
    [...sums.days.keys()]
      .filter((i) => score(i) > 0)
      .sort((a, b) => score(b) - score(a))
      .slice(0, each);
  const at = (name: keyof typeof sums, i: number): number => sums[name][i] ?? 0;
  const perDay = (i: number): number => at('oom', i) / Math.max(at('days', i), 1e-9);
  const over = (i: number): number => at('cpuOver', i) / Math.max(at('cpuSteps', i), 1);
  const [memoryIdle, cpuIdle] = [totalOf(sums.memSlack), totalOf(sums.cpuSlack)];
  return [
    ...rank(perDay).map(
      (i): Worst => ({ container: i, resource: 'memory', why: `${short(perDay(i))} OOM kills a day` }),
    ),
    ...rank(over).map(
      (i): Worst => ({ container: i, resource: 'cpu', why: `exceeded in ${short(100 * over(i))} % of steps` }),
    ),
    ...rank((i) => at('memSlack', i)).map((i): Worst => {
      return {
        container: i,
        resource: 'memory',
        why: `${short((100 * at('memSlack', i)) / memoryIdle)} % of all idle memory`,
      };
    }),
    ...rank((i) => at('cpuSlack', i)).map((i): Worst => {
      return { container: i, resource: 'cpu', why: `${short((100 * at('cpuSlack', i)) / cpuIdle)} % of all idle CPU` };
    }),
  ];
}

function totalOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
