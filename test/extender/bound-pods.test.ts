import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PodView } from '../../src/cluster/view.ts';
import { BoundPods, type LoadTarget } from '../../src/extender/bound-pods.ts';
import { NodeTable } from '../../src/extender/node-table.ts';
import { WorkloadLoads } from '../../src/extender/workload-loads.ts';
import { nodeView, podView } from '../support/view.ts';
import { lookupOf, nodeOutlook, startSeconds } from './support/outlook.ts';

const now = startSeconds;

function target(afterSeconds = Number.NEGATIVE_INFINITY): LoadTarget {
  const table = new NodeTable(nodeOutlook({ a: {}, b: {} }), 0.8, (name) => nodeView(name));
  return { table, loads: new WorkloadLoads(lookupOf(), 4), afterSeconds };
}

/** Millicores on a and b in the first step. */
function cpuOn({ table }: LoadTarget): readonly number[] {
  return [table.load.cpu.mean[0] ?? -1, table.load.cpu.mean[4] ?? -1];
}

function bound(name: string, node: string | undefined, more: Partial<PodView> = {}): PodView {
  return podView(name, { node, ...more });
}

function started(pods: readonly PodView[] = [], afterSeconds?: number) {
  const [all, onto] = [new BoundPods(), target(afterSeconds)];
  all.rebuild(pods, onto, now, true);
  return { all, onto };
}

describe('where the table holds no pods', () => {
  test('pods count once, from their binding to their end', () => {
    const { all, onto } = started([bound('web-1', 'a'), bound('web-2', undefined), bound('web-3', 'elsewhere')]);
    expect(cpuOn(onto)).toEqual([1000, 0]);
    const second = bound('web-2', 'a');
    all.change(bound('web-2', undefined), second, now);
    all.change(second, { ...second, scheduledSeconds: now }, now);
    expect(cpuOn(onto)).toEqual([2000, 0]);
    all.change(second, undefined, now);
    all.change(second, undefined, now);
    expect(cpuOn(onto)).toEqual([1000, 0]);
  });

  test('a pod whose requests change counts with the new ones', () => {
    const { all, onto } = started([bound('web-1', 'a')]);
    const resized = bound('web-1', 'a', { containers: [{ name: 'app', requests: { cpu: 300, memory: 0 } }] });
    all.change(bound('web-1', 'a'), resized, now);
    expect(cpuOn(onto)).toEqual([300, 0]);
  });

  test('a pod of the same name under another uid takes the place of the first', () => {
    const { all, onto } = started([bound('web-0', 'a')]);
    const again = bound('web-0', 'b', { uid: 'another' });
    all.change(bound('web-0', 'a'), again, now);
    expect(cpuOn(onto)).toEqual([0, 1000]);
    expect(all.size).toBe(1);
  });

  test('all are counted anew into another table', () => {
    const { all } = started([bound('web-1', 'a')]);
    const next = target();
    all.rebuild([bound('web-1', 'a'), bound('web-2', 'b')], next, now, true);
    expect(cpuOn(next)).toEqual([1000, 1000]);
  });
});

describe('where the table holds the whole load that was measured', () => {
  test('pods bound after the newest measurement are added, older ones are in it', () => {
    const pods = [
      bound('old-1', 'a', { scheduledSeconds: now - 600 }),
      bound('new-1', 'a', { scheduledSeconds: now - 10 }),
      bound('new-2', 'b', { createdSeconds: now - 5 }),
    ];
    expect(cpuOn(started(pods, now - 60).onto)).toEqual([1000, 1000]);
  });

  test('a pod that is placed now counts until an Outlook holds it', () => {
    const { all, onto } = started([], now - 60);
    const placed = bound('web-1', 'a', { scheduledSeconds: now - 999 });
    all.change(undefined, placed, now);
    expect(cpuOn(onto)).toEqual([1000, 0]);
    const sameData = target(now - 60);
    all.rebuild([placed], sameData, now + 30, true);
    expect(cpuOn(sameData)).toEqual([1000, 0]);
    const newer = target(now + 60);
    all.rebuild([placed], newer, now + 90, true);
    expect(cpuOn(newer)).toEqual([0, 0]);
    all.change(placed, undefined, now + 91);
    expect(cpuOn(newer)).toEqual([0, 0]);
  });

  test('a binding that lies ahead of the clock, as in a replay of the past, is one of now', () => {
    const { onto } = started([bound('web-1', 'a', { scheduledSeconds: now + 1e8 })], now);
    expect(cpuOn(onto)).toEqual([0, 0]);
  });
});

test('the load of a pod is known while it is on a node', () => {
  const { all } = started([bound('web-1', 'a')]);
  expect(all.loadOf('uid-shop-web-1')?.cpu.mean[0]).toBe(1000);
  expect(all.loadOf('uid-shop-web-2')).toBeUndefined();
});

test('whatever comes and goes, the table holds the sum of what is there', () => {
  const event = fc.record({
    name: fc.constantFrom('a-1', 'a-2', 'b-1', 'c-1'),
    uid: fc.constantFrom('u1', 'u2'),
    node: fc.constantFrom('a', 'b', 'nowhere', undefined),
    cpu: fc.integer({ min: 0, max: 2000 }),
    gone: fc.boolean(),
    relist: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const { all, onto: first } = started();
      let onto = first;
      const pods = new Map<string, PodView>();
      for (const { name, uid, node, cpu, gone, relist } of events) {
        const before = pods.get(name);
        const after = gone
          ? undefined
          : bound(name, node, { uid: `${name}-${uid}`, containers: [{ name: 'app', requests: { cpu, memory: 0 } }] });
        if (after === undefined) pods.delete(name);
        else pods.set(name, after);
        if (relist) {
          onto = target();
          all.rebuild(pods.values(), onto, now, true);
        } else all.change(before, after, now);
      }
      const sum = (on: string): number =>
        [...pods.values()].reduce(
          (cpu, pod) => cpu + (pod.node === on ? (pod.containers[0]?.requests.cpu ?? 0) : 0),
          0,
        );
      const [a, b] = cpuOn(onto);
      expect(a).toBeCloseTo(sum('a'), 6);
      expect(b).toBeCloseTo(sum('b'), 6);
    }),
  );
});
