import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeView } from '../../src/cluster/view.ts';
import { NodeTable } from '../../src/extender/node-table.ts';
import { podLoad } from '../../src/extender/pod-load.ts';
import { rowLength } from '../../src/extender/summary-row.ts';
import { nodeView, podView } from '../support/view.ts';
import { lookupOf, nodeOutlook } from './support/outlook.ts';

const GiB = 2 ** 30;
const none = lookupOf();
const loads = { a: { cpu: [100, 200, 300, 400], memory: GiB }, b: { cpu: 50 } };

function tableOf(node: (name: string) => NodeView | undefined = nodeView): NodeTable {
  return new NodeTable(nodeOutlook(loads), 0.5, node);
}

function cpuRow(table: NodeTable, node: number): number[] {
  return [...table.rows.subarray(node * rowLength, node * rowLength + 3)];
}

test('a row says room, highest and lowest load over the steps that are left', () => {
  const table = tableOf();
  expect(cpuRow(table, 0)).toEqual([8000, 400, 100]);
  table.lookFrom(2);
  expect(cpuRow(table, 0)).toEqual([8000, 400, 300]);
});

test('the Outlook that it was made from stays as it was', () => {
  const outlook = nodeOutlook(loads);
  const before = outlook.nodes.mean.cpu.slice();
  new NodeTable(outlook, 0.5, nodeView).add(0, podLoad(podView('web-1'), none, 4), 1);
  expect(outlook.nodes.mean.cpu).toEqual(before);
});

test('pods that come and go leave nothing behind', () => {
  const amount = fc.integer({ min: 0, max: 1e6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(amount, amount), { maxLength: 30 }), (amounts) => {
      const table = tableOf();
      const before = table.rows.slice();
      const pods = amounts.map(([cpu, memory]) =>
        podLoad(podView('web-1', { containers: [{ name: 'app', requests: { cpu, memory } }] }), none, 4),
      );
      for (const pod of pods) table.add(1, pod, 1);
      for (const pod of pods) table.add(1, pod, -1);
      for (const [at, value] of table.rows.entries()) expect(value).toBeCloseTo(before[at] ?? 0, 3);
    }),
  );
});

test('adding many is adding each', () => {
  const [one, all] = [tableOf(), tableOf()];
  const load = podLoad(podView('web-1'), none, 4);
  for (const index of [0, 1, 0]) one.add(index, load, 1);
  all.addAll([0, 1, 0].map((index) => ({ index, load })));
  expect(all.rows).toEqual(one.rows);
});

test('a node that the cluster did not know is asked for again when it is called', () => {
  const known = new Map<string, NodeView>();
  const table = tableOf((name) => known.get(name));
  expect(cpuRow(table, 1)[0]).toBe(0);
  known.set('b', nodeView('b'));
  table.learn(Int32Array.of(-1, 0, 1), 3);
  expect([cpuRow(table, 0)[0], cpuRow(table, 1)[0]]).toEqual([0, 8000]);
});

test('a node whose forecast is no number stays unknown', () => {
  const outlook = nodeOutlook({ a: {}, b: { cpu: [1, Number.NaN, 1, 1] } });
  const short = {
    ...outlook,
    nodes: { ...outlook.nodes, mean: { ...outlook.nodes.mean, memory: new Float32Array(4) } },
  };
  for (const each of [outlook, short]) {
    const table = new NodeTable(each, 0.5, nodeView);
    table.learn(Int32Array.of(0, 1), 2);
    expect([...table.allocatable.cpu]).toEqual([16_000, 0]);
  }
});

test('a node without room is unknown', () => {
  const table = tableOf((name) => nodeView(name, { allocatable: { cpu: 0, memory: GiB } }));
  expect([...table.allocatable.memory]).toEqual([0, 0]);
});
