import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../src/core/resource.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { admissionOf, type TestAdmission } from './support/admission.ts';
import { podHas, qosOf, refusals } from './support/api-server.ts';
import {
  arbitraryForecasts,
  arbitraryLimitRanges,
  arbitraryNodes,
  arbitraryPod,
  arbitraryQuotas,
  modestPod,
} from './support/arbitrary-pods.ts';
import type { TestPod } from './support/pods.ts';

const arbitraryCase = fc.record({
  pod: fc.oneof(arbitraryPod, modestPod),
  forecasts: arbitraryForecasts,
  limitRanges: arbitraryLimitRanges,
  quotas: arbitraryQuotas,
  node: arbitraryNodes,
});
type Case = typeof arbitraryCase extends fc.Arbitrary<infer T> ? T : never;

let knowledge: KnowledgeBase;

beforeAll(async () => {
  knowledge = await openSqlite(':memory:');
});

afterAll(() => knowledge.close());

async function admissionFor({ forecasts, limitRanges, quotas, node }: Case): Promise<TestAdmission> {
  const more = { labels: {}, schedulable: true, ready: true };
  return admissionOf({
    knowledge,
    forecasts,
    limitRanges: { shop: limitRanges },
    quotas: { shop: quotas },
    nodes: node === null ? [] : [{ name: 'node', allocatable: node, ...more }],
  });
}

async function holds(
  property: (one: Case, test: TestAdmission, after: TestPod) => void | Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitraryCase, async (one) => {
      const test = await admissionFor(one);
      const { pod, allowed, warnings } = test.admit(one.pod);
      expect(allowed).toBe(true);
      for (const warning of warnings) expect(warning.length).toBeLessThanOrEqual(120);
      await property(one, test, pod);
      await test.recorder.close();
    }),
    { numRuns: 500 },
  );
}

describe('whatever the pod, its forecasts, LimitRanges and quotas', () => {
  test('the API server refuses nothing that it accepted as written', async () => {
    await holds(({ pod, limitRanges, quotas }, _, after) => {
      if (refusals(pod, limitRanges, quotas).length > 0) return;
      expect(refusals(after, limitRanges, quotas)).toEqual([]);
    });
  });

  test('no quota comes to refuse a pod that only others would refuse: those may be scoped, and not count it', async () => {
    await holds(({ pod, limitRanges, quotas }, _, after) => {
      if (refusals(pod, limitRanges, []).length > 0) return;
      const checks = (of: TestPod) =>
        refusals(of, limitRanges, quotas).map((text) => text.replace(/ (lacking|over)$/, ''));
      const before = checks(pod);
      expect(checks(after).filter((text) => !before.includes(text))).toEqual([]);
    });
  });

  test('the QoS class stays, or becomes Burstable from BestEffort', async () => {
    await holds(({ pod }, _, after) => {
      const [before, now] = [qosOf(pod), qosOf(after)];
      if (before === 'BestEffort') expect(['BestEffort', 'Burstable']).toContain(now);
      else expect(now).toBe(before);
    });
  });

  test('a pod that fits the largest node still fits it', async () => {
    await holds(({ pod, node }, _, after) => {
      for (const resource of node === null ? [] : resources) {
        const [before, now] = [podHas(pod, 'requests', resource) ?? 0, podHas(after, 'requests', resource) ?? 0];
        expect(now).toBeLessThanOrEqual(Math.max(before, node?.[resource] ?? 0));
      }
    });
  });

  test('nothing but requests and limits of cpu and memory and the annotation changes', async () => {
    await holds(({ pod }, _, after) => expect(withoutOurs(after)).toEqual(withoutOurs(pod)));
  });

  test('init containers stay as they are', async () => {
    await holds(({ pod }, _, after) => {
      const plain = (of: TestPod) => of.spec.initContainers?.filter(({ restartPolicy }) => restartPolicy !== 'Always');
      expect(plain(after)).toEqual(plain(pod));
    });
  });

  test('a second call changes nothing', async () => {
    await holds((_, test, after) => expect(test.admit(after).patch).toEqual([]));
  });

  test('a second call that another replica answers changes nothing, unless the pod is refused anyway', async () => {
    await holds(async (one, _, after) => {
      if (refusals(one.pod, one.limitRanges, one.quotas).length > 0) return;
      const other = await admissionFor(one);
      const { pod } = other.admit(after);
      expect(pod.spec).toEqual(after.spec);
      await other.recorder.close();
    });
  });

  test('observe mode changes nothing but the annotation', async () => {
    await holds(async (one) => {
      const test = await admissionFor(one);
      const { pod } = test.admit({
        ...one.pod,
        metadata: {
          ...one.pod.metadata,
          annotations: { ...one.pod.metadata.annotations, 'barograph.dev/mode': 'observe' },
        },
      });
      expect(pod.spec).toEqual(one.pod.spec);
      await test.recorder.close();
    });
  });
});

function withoutOurs(pod: TestPod): unknown {
  const copy = structuredClone(pod);
  delete copy.metadata.annotations?.['barograph.dev/decision'];
  for (const container of [...copy.spec.containers, ...(copy.spec.initContainers ?? [])]) delete container.resources;
  return copy;
}
