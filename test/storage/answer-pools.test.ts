import { describe, expect, test } from 'vitest';
import { answerPools } from '../../src/storage/score/answer-pools.ts';
import { fsid } from '../support/storage-state.ts';
import { judgeOptions, loaded, nearlyFull, quiet, stateOf } from './small-ceph.ts';

const state = stateOf({ calm: quiet, busy: loaded, tight: nearlyFull });

function ask(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return JSON.parse(answerPools(Buffer.from(text), state, judgeOptions).toString());
}

describe('POST /pools/score', () => {
  test('says of every pool whether it fits, why not, and how well', () => {
    const answer = ask({ size: '2Gi' });
    expect(answer.poolNames).toEqual(['calm', 'busy']);
    expect(answer.failedPools).toEqual({ tight: '1 GiB are left until it is near full, 2 GiB are asked for' });
    expect(answer.priorities[0]).toMatchObject({ pool: 'calm', parts: [{ part: 'quiet' }, {}, {}, {}] });
    expect(answer.error).toBe('');
  });

  test('judges the pools that are named, by name or by cluster and name', () => {
    expect(ask({ size: '2Gi', poolNames: ['busy', `${fsid}/calm`, 'gone'] })).toMatchObject({
      poolNames: [`${fsid}/calm`, 'busy'],
      failedPools: { gone: 'no such pool is known' },
    });
    expect(ask({ size: '2Gi', cluster: 'another' }).poolNames).toEqual([]);
  });

  test('takes a claim with its objectives', () => {
    const claim = {
      metadata: { annotations: { 'slo.barograph.dev/latency': 'p99 < 50ms' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
    };
    expect(ask({ claim })).toMatchObject({
      poolNames: ['calm'],
      failedPools: { busy: expect.stringContaining('50 ms') },
    });
  });

  test.each([
    ['no JSON', 'x'],
    ['no size', {}],
    ['a size that is none', { size: 'large' }],
    ['an objective that cannot be read', { size: '1Gi', latency: 'fast' }],
    ['an unknown key', { size: '1Gi', pool: 'x' }],
  ])('refuses %s', (_, body) => {
    expect(() => ask(body)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  test('knows no pool while nothing was read', () => {
    const answer = JSON.parse(answerPools(Buffer.from('{"size":"1Gi"}'), undefined, judgeOptions).toString());
    expect(answer).toEqual({ poolNames: [], failedPools: {}, priorities: [], error: '' });
  });
});
