import { describe, expect, test } from 'vitest';
import { sizingOptions, sizingOptionsFor } from '../../../src/predict/sizing/policy-options.ts';
import { SizingFleet } from '../../../src/predict/sizing/sizing-fleet.ts';
import { flipped } from '../../support/flipped.ts';

const stepSeconds = 300;
const start = 1_700_000_100;
const gib = 2 ** 30;
const promised = { cpu: 0.01, memory: 0.12 };
const capacity = { cpu: 4000, memory: 8 * gib };

const ids = ['a', 'b', 'c'];

function fleetOf(count: number, sizing = sizingOptions): SizingFleet {
  const fleet = new SizingFleet({ stepSeconds, promised, sizing });
  for (const id of ids.slice(0, count)) fleet.add(id, capacity);
  return fleet;
}

type Uses = Readonly<Record<string, { readonly cpu: number; readonly memory: number }>>;

function step(fleet: SizingFleet, k: number, uses: Uses, killed: readonly string[] = []): void {
  const timeSeconds = start + (k + 1) * stepSeconds;
  fleet.begin(timeSeconds);
  for (const [id, use] of Object.entries(uses)) fleet.observe(fleet.add(id), use, killed.includes(id));
  fleet.end(timeSeconds);
}

/** Steps from one to another, every container a wave of its own. */
function run(fleet: SizingFleet, count: number, [from, to]: readonly [number, number]): void {
  for (let k = from; k < to; k += 1) {
    const wave = (i: number): number => 2 + Math.sin((k + 50 * i) / 46) + ((k * (13 + i)) % 17) / 17;
    const uses = ids.slice(0, count).map((id, i) => [id, { cpu: 100 * wave(i), memory: 0.2 * gib * wave(i) }]);
    step(fleet, k, Object.fromEntries(uses));
  }
}

/** Another fleet with all that one has kept. */
function restored(fleet: SizingFleet, count: number, sizing = sizingOptions): SizingFleet {
  const other = fleetOf(count, sizing).load(fleet.save());
  for (const id of ids.slice(0, count)) other.get(id)?.load(fleet.get(id)?.save() ?? new Uint8Array(0));
  return other;
}

describe('a fleet that is sized', () => {
  test('nothing is asked for before the first hour is over, and then much less than was provisioned', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 11]);
    expect(fleet.get('a')?.targets).toBeUndefined();
    run(fleet, 1, [11, 12]);
    expect(fleet.get('a')?.targets?.memory).toBeLessThan(capacity.memory / 2);
    expect(fleet.get('a')?.targets?.cpu).toBeLessThan(capacity.cpu / 2);
  });

  test('targets stay while staying is about as cheap', () => {
    const fleet = fleetOf(3);
    run(fleet, 3, [0, 12 * 24 * 7]);
    let changes = 0;
    for (let hour = 0; hour < 48; hour += 1) {
      const before = fleet.get('b')?.targets;
      run(fleet, 3, [12 * (24 * 7 + hour), 12 * (24 * 7 + hour + 1)]);
      if (fleet.get('b')?.targets !== before) changes += 1;
    }
    expect(changes).toBeLessThan(6);
  });

  test('a kill is answered at once with more than the limit, which is not lowered for hours', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 12 * 48]);
    const limit = fleet.get('a')?.targets?.memory ?? 0;
    step(fleet, 12 * 48, { a: { cpu: 300, memory: limit } }, ['a']);
    const raised = fleet.get('a')?.targets?.memory ?? 0;
    expect(raised).toBeGreaterThan(limit * 1.14);
    run(fleet, 1, [12 * 48 + 1, 12 * 50]);
    expect(fleet.get('a')?.targets?.memory).toBeGreaterThanOrEqual(raised);
  });

  test('containers without any sample are left alone', () => {
    const fleet = fleetOf(2);
    const none = { cpu: Number.NaN, memory: Number.NaN };
    for (let k = 0; k < 40; k += 1) step(fleet, k, { a: { cpu: 100, memory: gib }, b: none });
    expect(fleet.get('a')?.targets).toBeDefined();
    expect(fleet.get('b')?.targets).toBeUndefined();
  });

  test('of a container that is measured in one resource that one alone is sized, and comes back so', () => {
    const fleet = fleetOf(2);
    const none = Number.NaN;
    const uses = (k: number): Uses => ({
      a: { cpu: 100 + (k % 7), memory: none },
      b: { cpu: none, memory: gib + (k % 5) },
    });
    for (let k = 0; k < 700; k += 1) step(fleet, k, uses(k));
    for (const one of [fleet, restored(fleet, 2)]) {
      expect(one.get('a')?.targets?.cpu).toBeGreaterThan(100);
      expect(one.get('a')?.targets?.memory).toBeNaN();
      expect(one.get('b')?.targets?.memory).toBeGreaterThan(gib);
      expect(one.get('b')?.targets?.cpu).toBeNaN();
    }
    expect(fleet.record.kills).toBe(0);
    step(fleet, 700, { b: { cpu: none, memory: 2 * gib } }, ['b']);
    expect(fleet.get('b')?.targets?.memory).toBeGreaterThan(2 * gib);
  });

  test('a gap of months is survived', () => {
    const fleet = fleetOf(2);
    run(fleet, 2, [0, 300]);
    run(fleet, 2, [30_000, 30_100]);
    expect(fleet.get('a')?.targets?.cpu).toBeGreaterThan(0);
  });

  test.each([sizingOptions, sizingOptionsFor(86_400)])(
    'it comes back from its state and goes on as if nothing had happened, renewed after $renewedHours h',
    (sizing) => {
      const fleet = fleetOf(2, sizing);
      run(fleet, 2, [0, 500]);
      const other = restored(fleet, 2, sizing);
      for (const one of [fleet, other]) run(one, 2, [500, 900]);
      for (const id of ['a', 'b']) {
        expect(other.get(id)?.targets).toEqual(fleet.get(id)?.targets);
        expect(other.get(id)?.save()).toEqual(fleet.get(id)?.save());
      }
      expect(other.save()).toEqual(fleet.save());
      expect(other.record).toEqual(fleet.record);
    },
  );

  test('a state with a wrong bit is refused', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 100]);
    expect(() => fleetOf(1).load(flipped(fleet.save(), 30))).toThrow('cannot be used');
    const bytes = fleet.get('a')?.save() ?? new Uint8Array(0);
    expect(() => fleetOf(1).get('a')?.load(flipped(bytes, 40))).toThrow('cannot be used');
  });

  test('after another promise the prices begin anew, and what is known of demand stays', () => {
    const fleet = fleetOf(1);
    run(fleet, 1, [0, 300]);
    const other = new SizingFleet({ stepSeconds, promised: { cpu: 0.05, memory: 0.001 }, sizing: sizingOptions });
    other.load(fleet.save());
    other.add('a', capacity).load(fleet.get('a')?.save() ?? new Uint8Array(0));
    run(other, 1, [300, 340]);
    expect(other.get('a')?.targets?.memory).toBeGreaterThan(fleet.get('a')?.targets?.memory ?? Number.NaN);
    expect(other.record.days).toBeLessThan(1);
  });
});

describe('a fleet whose requests stand for a day', () => {
  const daily = sizingOptionsFor(86_400);

  test('is held against what containers had when they were made, not against the newest target', () => {
    const fleet = fleetOf(1, daily);
    run(fleet, 1, [0, 12 * 72]);
    const held = fleet.get('a')?.held;
    const seen = new Set<number | undefined>();
    for (let hour = 72; hour < 72 + 49; hour += 1) {
      run(fleet, 1, [12 * hour, 12 * (hour + 1)]);
      seen.add(fleet.get('a')?.held?.memory);
    }
    expect(seen.has(held?.memory)).toBe(true);
    expect(seen.size).toBeLessThanOrEqual(3);
  });

  test('asks for what a day needs, not for what the next hours do', () => {
    const [hourly, standing] = [fleetOf(1), fleetOf(1, daily)];
    // 4 GiB for an hour of every 17, which the hours before do not announce.
    const uses = (k: number): Uses => ({ a: { cpu: 100, memory: Math.floor(k / 12) % 17 === 9 ? 4 * gib : gib / 2 } });
    for (let k = 0; k < 12 * 17 * 20; k += 1) for (const fleet of [hourly, standing]) step(fleet, k, uses(k));
    const [now, forADay] = [hourly, standing].map((fleet) => fleet.get('a')?.targets?.memory ?? Number.NaN);
    expect(forADay).toBeGreaterThanOrEqual(4 * gib);
    expect(now).toBeLessThan(forADay ?? Number.NaN);
  });

  test('memory that runs out counts once until the container is renewed', () => {
    const fleet = fleetOf(1, daily);
    run(fleet, 1, [0, 12 * 72]);
    for (let k = 0; k < 6; k += 1) step(fleet, 12 * 72 + k, { a: { cpu: 100, memory: 6 * gib } });
    run(fleet, 1, [12 * 72 + 6, 12 * 73]);
    expect(fleet.record.kills).toBe(1);
  });
});
