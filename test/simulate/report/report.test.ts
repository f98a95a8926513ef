import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { History } from '../../../src/simulate/replay/history.ts';
import type { Outcome } from '../../../src/simulate/replay/outcome.ts';
import { outcomeOf } from '../../../src/simulate/replay/outcome.ts';
import type { Bout, Contender } from '../../../src/simulate/replay/plan.ts';
import { defaultObjective, windowsOf } from '../../../src/simulate/replay/rules.ts';
import { runBout } from '../../../src/simulate/replay/run-bout.ts';
import { linearAxis, logAxis } from '../../../src/simulate/report/axis.ts';
import { highestOf, requestsOf } from '../../../src/simulate/report/course.ts';
import { htmlReport } from '../../../src/simulate/report/html.ts';
import { paretoFront } from '../../../src/simulate/report/pareto.ts';
import { worstContainers } from '../../../src/simulate/report/worst.ts';
import { wavyHistory } from '../support/made-history.ts';

describe('a report', () => {
  let history: History;
  let outcomes: Outcome[];
  beforeAll(() => {
    const made = wavyHistory(6, 1200);
    history = { ...made, ids: made.ids.map((id, i) => (i === 0 ? '<script>alert("x")</script>' : id)) };
    const contenders: Contender[] = [
      { kind: 'policy', name: 'barograph' },
      { kind: 'policy', name: 'autopilot' },
      { kind: 'clairvoyant', hours: 24 },
    ];
    outcomes = contenders.map((contender) => {
      const rules = { variant: 'updater', objective: defaultObjective, windows: windowsOf(1200, 300, 86_400) } as const;
      const bout: Bout = { contender, rules };
      return outcomeOf(bout, [runBout(history, bout, () => {})]);
    });
  });

  test('is one page that asks for nothing else, with every policy and nothing that is not a number', () => {
    const page = htmlReport({ origin: 'here', history, outcomes, own: outcomes[0], reference: outcomes[1] });
    for (const { name } of outcomes) expect(page).toContain(`<th>${name}</th>`);
    expect(page).not.toMatch(/https?:|<script|src=|href=|@import|NaN|undefined|Infinity/);
    expect(page.match(/<svg /g)?.length).toBeGreaterThan(4);
  });

  test('of no own policy it shows the charts alone', () => {
    const page = htmlReport({
      origin: 'here',
      history,
      outcomes: outcomes.slice(1),
      own: undefined,
      reference: undefined,
    });
    expect(page).not.toContain('The worst containers');
  });

  test('the requests over time are those that were in force', () => {
    const [own] = outcomes;
    if (own === undefined) return;
    const { cpu } = requestsOf(history, own, 2);
    const { from, to } = own.windows[0]?.window ?? { from: 0, to: 0 };
    const sum = cpu.slice(from, to).reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(own.windows[0]?.sums.cpuReq[2] ?? 0, 3);
  });

  test('the worst containers are those with most kills first', () => {
    const worst =
      outcomes[1] === undefined ? [] : worstContainers(outcomes[1], 2).filter(({ why }) => why.includes('OOM'));
    const kills = outcomes[1]?.windows[0]?.sums.oom ?? new Float64Array(0);
    expect(worst.length).toBeGreaterThan(0);
    expect(kills[worst[0]?.container ?? 0]).toBe(Math.max(...kills));
  });
});

describe('parts of charts', () => {
  test('none that is on the front is beaten by another, and each that is not is', () => {
    const trade = fc.record({ cost: fc.integer({ min: 0, max: 20 }), risk: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(trade), (trades) => {
        const front = new Set(paretoFront(trades));
        for (const one of trades) {
          const isBeaten = trades.some(
            ({ cost, risk }) => cost <= one.cost && risk <= one.risk && (cost < one.cost || risk < one.risk),
          );
          if (front.has(one)) expect(isBeaten).toBe(false);
          else
            expect(
              isBeaten || trades.some((two) => two !== one && two.cost === one.cost && two.risk === one.risk),
            ).toBe(true);
        }
      }),
    );
  });

  test('axes rise with their values and hold them', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        for (const axis of [logAxis(values, 0, 100, String), linearAxis(0, sorted.at(-1) ?? 1, 0, 100, String)]) {
          const places = sorted.map((value) => axis.place(value));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          for (const place of places) expect(place >= -1e-9 && place <= 100 + 1e-9).toBe(true);
          expect(axis.ticks.length).toBeLessThan(40);
        }
      }),
    );
  });

  test('the highest of stretches keeps every peak and every gap', () => {
    expect([...highestOf(Float64Array.of(1, 5, Number.NaN, 2, Number.NaN, Number.NaN), 3)]).toEqual([5, 2, Number.NaN]);
  });
});
