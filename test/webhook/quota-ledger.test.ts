import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuotaView } from '../../src/cluster/view.ts';
import type { Takings } from '../../src/webhook/pod-sum.ts';
import { QuotaLedger } from '../../src/webhook/quota-ledger.ts';

function quotaWith(cpu: number, resourceVersion = '1', name = 'q'): QuotaView {
  return { name, headroom: { 'requests.cpu': cpu }, resourceVersion };
}

function taking(cpu: number): Takings {
  return { 'requests.cpu': cpu, 'requests.memory': 0, 'limits.cpu': 0, 'limits.memory': 0 };
}

describe('a quota ledger', () => {
  test('counts what is reserved, without what the asker has reserved itself', () => {
    const ledger = new QuotaLedger(() => 0);
    ledger.reserve('a', 'shop', [quotaWith(1000)], taking(100));
    ledger.reserve('b', 'shop', [quotaWith(1000)], taking(200));
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu')).toBe(300);
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu', 'b')).toBe(100);
    expect(ledger.inFlight('other', quotaWith(1000), 'requests.cpu')).toBe(0);
    expect(ledger.inFlight('shop', quotaWith(1000, '1', 'another'), 'requests.cpu')).toBe(0);
  });

  test('takes a second reservation of one decision for the first', () => {
    const ledger = new QuotaLedger(() => 0);
    ledger.reserve('a', 'shop', [quotaWith(1000)], taking(100));
    ledger.reserve('a', 'shop', [quotaWith(1000)], taking(150));
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu')).toBe(150);
  });

  test('settles the oldest reservations with what the headroom falls by', () => {
    const ledger = new QuotaLedger(() => 0);
    ledger.reserve('a', 'shop', [quotaWith(1000)], taking(100));
    ledger.reserve('b', 'shop', [quotaWith(1000)], taking(200));
    expect(ledger.inFlight('shop', quotaWith(850, '2'), 'requests.cpu')).toBe(150);
    expect(ledger.inFlight('shop', quotaWith(850, '2'), 'requests.cpu', 'b')).toBe(0);
    // Another pod ended: that settles nothing.
    expect(ledger.inFlight('shop', quotaWith(900, '3'), 'requests.cpu')).toBe(150);
    expect(ledger.inFlight('shop', quotaWith(750, '4'), 'requests.cpu')).toBe(0);
    expect(ledger.size).toBe(0);
  });

  test('forgets what has not come into the status after half a minute, and when the clock is set back', () => {
    let now = 1000;
    const ledger = new QuotaLedger(() => now);
    ledger.reserve('a', 'shop', [quotaWith(1000)], taking(100));
    now = 1029;
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu')).toBe(100);
    now = 1031;
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu')).toBe(0);
    ledger.reserve('b', 'shop', [quotaWith(1000)], taking(100));
    now = 100;
    expect(ledger.inFlight('shop', quotaWith(1000), 'requests.cpu')).toBe(0);
  });

  test('lets go of namespaces that nobody asks for any more', () => {
    let now = 0;
    const ledger = new QuotaLedger(() => now);
    for (let i = 0; i < 100; i += 1) ledger.reserve(`d${i}`, `n${i}`, [quotaWith(1000)], taking(1));
    now = 100;
    ledger.reserve('last', 'shop', [quotaWith(1000)], taking(1));
    expect(ledger.size).toBe(1);
  });

  test('keeps the sum of a burst of many thousands', () => {
    const ledger = new QuotaLedger(() => 0);
    for (let i = 0; i < 5000; i += 1) ledger.reserve(`d${i}`, 'shop', [quotaWith(1e9)], taking(1));
    expect(ledger.inFlight('shop', quotaWith(1e9), 'requests.cpu')).toBe(5000);
  });

  test('never has more in flight than was reserved, nor less than nothing', () => {
    const step = fc.oneof(
      fc.record({ reserve: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ headroom: fc.integer({ min: -1000, max: 5000 }) }),
      fc.record({ wait: fc.integer({ min: 0, max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let [now, reserved, quota] = [0, 0, quotaWith(5000)];
        const ledger = new QuotaLedger(() => now);
        for (const [index, one] of steps.entries()) {
          if ('reserve' in one) {
            ledger.reserve(`d${index}`, 'shop', [quota], taking(one.reserve));
            reserved += one.reserve;
          } else if ('headroom' in one) quota = quotaWith(one.headroom, `${index}`);
          else now += one.wait;
          const inFlight = ledger.inFlight('shop', quota, 'requests.cpu');
          expect(inFlight).toBeGreaterThanOrEqual(0);
          expect(inFlight).toBeLessThanOrEqual(reserved);
        }
      }),
    );
  });
});
