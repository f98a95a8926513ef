import { describe, expect, test } from 'vitest';
import { explainText } from '../../src/cli/explain-text.ts';
import type { Decision } from '../../src/core/decision.ts';
import { loaded, nearlyFull, quiet, stateOf } from '../storage/small-ceph.ts';
import { claimAdmission, claimOf, rbdClass } from '../webhook/claims/support.ts';

const state = stateOf({ calm: quiet, busy: loaded, tight: nearlyFull });
const classes = ['busy', 'tight', 'calm'].map((name) => rbdClass(name));

function explained(spec: Record<string, unknown> = {}, mode: 'enforce' | 'observe' = 'enforce'): string {
  const { admit, decisions } = claimAdmission({ classes, state, mode });
  admit(claimOf(spec, { 'slo.barograph.dev/latency': 'p99 < 900ms' }));
  return explainText(decisions[0] as Decision);
}

describe('a decision about a claim in words', () => {
  test('says what was asked for, what was changed and why', () => {
    const text = explained();
    expect(text).toMatch(/^Decision \S+ about the claim shop\/data, /);
    expect(text).toContain('It asks for 2 GiB (ReadWriteOnce, Filesystem) with p99 < 900ms.');
    expect(text).toContain('Mode enforce: its class was changed from standard to calm.');
    expect(text).toMatch(/Why: calm scored [\d.]+ of 10 \(3 candidates\): /);
  });

  test('shows every class with its pool, and why it was refused', () => {
    const text = explained();
    expect(text).toMatch(/calm +calm +[\d.]+ +0 +quiet: /);
    expect(text).toMatch(/tight +tight +refused +0 +pool tight: 1 GiB are left until it is near full/);
  });

  test('says what would have happened otherwise', () => {
    expect(explained()).toContain('Otherwise: it would have had the class standard, of which nothing is known.');
    expect(explained({ storageClassName: 'tight' })).toMatch(
      /Otherwise: it would have had the class tight: pool tight: /,
    );
    expect(explained({ storageClassName: 'busy' })).toMatch(
      /Otherwise: it would have had the class busy, which scores/,
    );
    expect(explained({ storageClassName: 'calm' })).toContain('Otherwise: nothing else, it came with the class calm.');
    expect(explained({ storageClassName: undefined })).toContain('Otherwise: it would have had no class.');
  });

  test('says in observe mode what enforce would have done', () => {
    const text = explained({}, 'observe');
    expect(text).toContain('Mode observe: it keeps standard; enforce would have given it calm.');
  });
});
