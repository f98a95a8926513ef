import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeTable } from '../../src/extender/node-table.ts';
import { probabilityBelow } from '../../src/extender/normal.ts';
import { podLoad } from '../../src/extender/pod-load.ts';
import { scoreNodes, scoreOf } from '../../src/extender/score.ts';
import { createScores } from '../../src/extender/scores.ts';
import { nodeView, podView } from '../support/view.ts';
import { lookupOf, type NodeLoad, nodeOutlook, steadyForecast } from './support/outlook.ts';

const GiB = 2 ** 30;
const small = { cpu: 100, memory: GiB };

/** Scores of nodes of 16 cores and 64 GiB at a target of 80 %: 12.8 cores and 51.2 GiB. */
function scored(loads: Readonly<Record<string, NodeLoad>>, pod = small, fromStep = 0) {
  const table = new NodeTable(nodeOutlook(loads), 0.8, (name) => nodeView(name));
  table.lookFrom(fromStep);
  const names = Object.keys(loads);
  const scores = createScores(names.length);
  scoreNodes(table, Int32Array.from(names.keys()), names.length, loadOf(pod), scores);
  return scores;
}

function loadOf(pod: { readonly cpu: number; readonly memory: number }) {
  const view = podView('web-1');
  return podLoad(view, lookupOf(steadyForecast('shop/Deployment/web/app', pod.cpu, pod.memory)), 4);
}

describe('the formula', () => {
  test.each([
    [1, [10, 8, 7, 5, 3]],
    [0.95, [8, 7, 5, 4, 2]],
    [0.8, [4, 3, 3, 2, 1]],
    [0.5, [1, 1, 0, 0, 0]],
  ])('yields the table in its comment for P = %d', (probability, expected) => {
    expect([0, 0.25, 0.5, 0.75, 1].map((use) => scoreOf(probability, use, use))).toEqual(expected);
  });

  test('stays a whole number from 0 to 10, and never rises with the load', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const use = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(share, use, use, use, (probability, cpu, memory, more) => {
        const score = scoreOf(probability, cpu, memory);
        expect(Number.isInteger(score) && score >= 0 && score <= 10).toBe(true);
        expect(scoreOf(probability, cpu + more, memory)).toBeLessThanOrEqual(score);
        expect(scoreOf(probability, cpu, memory + more)).toBeLessThanOrEqual(score);
        expect(scoreOf(probability / (1 + more), cpu, memory)).toBeLessThanOrEqual(score);
      }),
    );
  });
});

test('an idle node gets all, a busy one less, one that will be over the target nothing', () => {
  const { score } = scored({ idle: {}, half: { cpu: 6400, memory: 20 * GiB }, hot: { cpu: 13_500 } });
  expect([...score]).toEqual([10, 7, 0]);
});

test('either resource can be what is short', () => {
  const { score, probability } = scored({ cpu: { cpu: 16_500 }, memory: { memory: 65 * GiB }, none: { cpu: 100 } });
  expect([...probability]).toEqual([0, 0, 1]);
  expect([...score.subarray(0, 2)]).toEqual([0, 0]);
});

test('load that comes later counts, load that is over does not', () => {
  const loads = { rising: { cpu: [0, 0, 16_500, 16_500] }, falling: { cpu: [16_500, 16_500, 0, 0] } };
  expect([...scored(loads).probability]).toEqual([0.5, 0.5]);
  expect([...scored(loads, small, 2).probability]).toEqual([0, 1]);
});

test('the pod decides where it does not fit', () => {
  const loads = { node: { cpu: 6000 } };
  const [little, much] = [small, { cpu: 9000, memory: GiB }].map((pod) => scored(loads, pod).score[0] ?? -1);
  expect(little).toBeGreaterThan(5);
  expect(much).toBe(0);
});

test('the probability is that of a sum of normal loads', () => {
  const { probability } = scored({ node: { cpu: 12_000, spread: 0.05 } }, { cpu: 500, memory: GiB });
  const sigma = Math.sqrt((12_000 * 0.05) ** 2 + (500 * 0.05) ** 2);
  expect(probability[0]).toBeCloseTo(probabilityBelow((12_800 - 12_500) / sigma), 5);
});

test('nodes of which nothing is known get the middle', () => {
  const table = new NodeTable(nodeOutlook({ gone: {}, broken: { cpu: Number.NaN } }), 0.8, (name) =>
    name === 'gone' ? undefined : nodeView(name),
  );
  const scores = createScores(3);
  scoreNodes(table, Int32Array.of(0, 1, -1), 3, loadOf(small), scores);
  expect([...scores.score]).toEqual([5, 5, 5]);
  expect([...scores.probability]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('the short way by a node’s extremes says what all its steps say', () => {
  const amount = fc.double({ min: 0, max: 20_000, noNaN: true });
  const steps = fc.array(amount, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(steps, steps, amount, fc.double({ min: 0, max: 0.5, noNaN: true }), (cpu, memory, pod, spread) => {
      const bytes = memory.map((value) => value * 2 ** 22);
      const need = { cpu: pod, memory: pod * 2 ** 22 };
      const { probability } = scored({ node: { cpu, memory: bytes, spread } }, need);
      const within = (mean: number, own: number, room: number): number => {
        const variance = (mean * spread) ** 2 + (own * 0.05) ** 2 + 1e-6;
        return probabilityBelow((room - mean - own) / Math.sqrt(variance));
      };
      const all = cpu.map(
        (value, step) => within(value, need.cpu, 12_800) * within(bytes[step] ?? 0, need.memory, 0.8 * 64 * GiB),
      );
      expect(probability[0]).toBeCloseTo(all.reduce((sum, one) => sum + one, 0) / 4, 3);
    }),
  );
});
