import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CrushDump, osdPlaces, ruleReaches } from '../../../src/collect/ceph/crush.ts';

const two = 2 * 65_536;

const map: CrushDump = {
  devices: [0, 1, 2, 3].map((id) => ({ id, class: id < 2 ? 'ssd' : 'hdd' })),
  buckets: [
    bucket(-1, 'default', 'root', [-2, -3]),
    bucket(-2, 'rack-1', 'rack', [-4]),
    bucket(-3, 'rack-2', 'rack', [-5]),
    bucket(-4, 'node-a', 'host', [0, 2]),
    bucket(-5, 'node-b', 'host', [1, 3]),
    bucket(-11, 'default~ssd', 'root', [-12, -13]),
    bucket(-12, 'node-a~ssd', 'host', [0]),
    bucket(-13, 'node-b~ssd', 'host', [1]),
    bucket(-21, 'default~hdd', 'root', [2, 3]),
  ],
  rules: [],
};

test('a rule reaches every OSD below what it takes, a class by its shadow tree', () => {
  expect(reachOf([take(-1), choose('chooseleaf_firstn', 'host'), emit])).toEqual({
    osds: [0, 1, 2, 3],
    failureDomain: 'host',
    deviceClass: undefined,
  });
  expect(reachOf([take(-11), choose('chooseleaf_firstn', 'rack'), emit])).toEqual({
    osds: [0, 1],
    failureDomain: 'rack',
    deviceClass: 'ssd',
  });
});

test('of several choices the last is that of one replica', () => {
  const steps = [take(-1), choose('choose_indep', 'rack'), choose('chooseleaf_indep', 'host'), emit];
  expect(reachOf(steps).failureDomain).toBe('host');
  expect(reachOf([take(-1), choose('choose_indep', 'host'), choose('choose_indep', 'osd'), emit]).failureDomain).toBe(
    'osd',
  );
});

test('a rule that takes two classes has no class of its own', () => {
  const firstFast = [
    take(-11),
    choose('chooseleaf_firstn', 'host'),
    emit,
    take(-21),
    choose('chooseleaf_firstn', 'host'),
    emit,
  ];
  expect(reachOf(firstFast)).toEqual({ osds: [0, 1, 2, 3], failureDomain: 'host', deviceClass: undefined });
});

test('an OSD without weight gets nothing', () => {
  const drained = {
    ...map,
    buckets: map.buckets.map((one) => ({
      ...one,
      items: one.items.map((item) => (item.id === 3 ? { ...item, weight: 0 } : item)),
    })),
  };
  expect(reachOf([take(-1), choose('chooseleaf_firstn', 'host'), emit], drained).osds).toEqual([0, 1, 2]);
});

test('OSDs hang below the host of the real tree, with its weight', () => {
  expect(osdPlaces(map).get(3)).toEqual({ crushWeight: 2, host: 'node-b', deviceClass: 'hdd' });
  expect(osdPlaces({ ...map, buckets: [] }).get(3)).toEqual({ crushWeight: 0, host: '', deviceClass: 'hdd' });
});

test('a damaged map, with circles and missing buckets, is walked to an end', () => {
  const items = fc.array(fc.integer({ min: -6, max: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(items, { minLength: 1, maxLength: 6 }), (all) => {
      const buckets = all.map((children, index) =>
        bucket(-index - 1, `b${index}`, index % 2 === 0 ? 'root' : 'host', children),
      );
      const damaged = { ...map, buckets };
      const { osds } = reachOf([take(-1), emit], damaged);
      expect(osds.every((id) => id >= 0)).toBe(true);
      expect(osdPlaces(damaged).size).toBe(4);
    }),
  );
});

function reachOf(steps: CrushDump['rules'][number]['steps'], of: CrushDump = map) {
  const reach = ruleReaches({ ...of, rules: [{ rule_id: 7, steps }] }).get(7);
  return reach ?? { osds: [], failureDomain: '', deviceClass: undefined };
}

function bucket(id: number, name: string, type: string, children: readonly number[]): CrushDump['buckets'][number] {
  return { id, name, type_name: type, items: children.map((child) => ({ id: child, weight: two })) };
}

function take(item: number) {
  return { op: 'take', item };
}

function choose(op: string, type: string) {
  return { op, type };
}

const emit = { op: 'emit' };
