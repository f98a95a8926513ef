import { describe, expect, test } from 'vitest';
import { admitObjectives } from '../../src/webhook/admit-objectives.ts';
import { reviewOf } from './support/admission.ts';

function admit(object: unknown): { allowed: boolean; status?: { code: number; message: string } } {
  return JSON.parse(admitObjectives(Buffer.from(JSON.stringify(reviewOf(object)))).toString()).response;
}

const annotated = (annotations: object): object => ({ metadata: { name: 'web', annotations } });

describe('validation of annotations', () => {
  test('lets through what follows the grammar, and what is none of ours', () => {
    expect(
      admit(annotated({ 'slo.barograph.dev/latency': 'p99 < 250ms', 'barograph.dev/bounds': 'cpu 100m..2' })),
    ).toEqual({
      uid: expect.any(String),
      allowed: true,
    });
    for (const object of [annotated({ 'example.com/mode': '!' }), { metadata: {} }, {}, null, 7]) {
      expect(admit(object).allowed).toBe(true);
    }
  });

  test('refuses what does not, and points at the character', () => {
    expect(admit(annotated({ 'slo.barograph.dev/cpu-exceeded': '100%' }))).toMatchObject({
      allowed: false,
      status: { code: 403, message: expect.stringContaining('at character 1, found ') },
    });
    expect(admit(annotated({ 'barograph.dev/mode': 'on' })).allowed).toBe(false);
    expect(admit(annotated({ 'slo.barograph.dev/latencyy': 'p99 < 1s' })).allowed).toBe(false);
  });

  test('reads the pod templates of workloads, and those of the jobs of a CronJob', () => {
    const wrong = annotated({ 'barograph.dev/bounds': 'cpu 2..1' });
    expect(admit({ metadata: {}, spec: { template: wrong } }).allowed).toBe(false);
    expect(admit({ metadata: {}, spec: { jobTemplate: { spec: { template: wrong } } } }).allowed).toBe(false);
  });
});
