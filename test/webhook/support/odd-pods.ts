import fc from 'fast-check';
import { arbitraryPod, modestPod } from './arbitrary-pods.ts';
import { annotated, type TestContainer, type TestPod } from './pods.ts';

// What a container may have beside CPU and memory; requests of it are those of its limits.
const others = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  { 'ephemeral-storage': '1Gi' },
  { 'example.com/gpu': '1' },
  { 'hugepages-2Mi': '4Mi' },
);

const specs = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  {},
  {},
  { resources: { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '4', memory: '8Gi' } } },
  { os: { name: 'windows' } },
  { hostNetwork: true, dnsPolicy: 'Default' },
  { activeDeadlineSeconds: 300, restartPolicy: 'Never' },
  { schedulerName: 'of-their-own' },
  { nodeName: 'node-0' },
  { schedulingGates: [{ name: 'example.com/later' }] },
  { topologySpreadConstraints: [] },
);

const containers = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  {},
  { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] },
  { env: [{ name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } }] },
  { args: ['--quoted="\\', 'é𝄞'] },
);

const anyAnnotations = fc.record(
  {
    'slo.barograph.dev/cpu-exceeded': fc.constantFrom('5%', '0.05%', '1', ''),
    'slo.barograph.dev/memory-exceeded': fc.constantFrom('1%', '100%', '0%'),
    'slo.barograph.dev/latency': fc.constantFrom('p99 < 250ms', 'p99 > 1s'),
    'barograph.dev/mode': fc.constantFrom('enforce', 'observe'),
    'barograph.dev/bounds': fc.constantFrom('cpu 2..1', 'c0: cpu ..500m; i0: off', 'cpu 10m..20m, memory 8Mi..9Mi'),
    'barograph.dev/decision': fc.constantFrom('abc-def; enforce; cpu', '; ;', 'x'.repeat(300)),
    'example.com/free': fc.string(),
  },
  { requiredKeys: [] },
);

const annotations: fc.Arbitrary<Partial<Record<string, string>>> = fc.oneof(
  fc.constant({}),
  fc.constant({}),
  anyAnnotations,
);

/** Pods with whatever else the API has that could matter to a change of their requests, most of them accepted by an API server. */
export const oddPod: fc.Arbitrary<TestPod> = fc
  .record({ pod: fc.oneof(arbitraryPod, modestPod, modestPod), spec: specs, each: containers, others, annotations })
  .map(({ pod, spec, each, others: more, annotations: given }) => {
    const dressed = (one: TestContainer): TestContainer => ({ ...one, ...each, ...withOthers(one, more) });
    return annotated({ ...pod, spec: { ...pod.spec, ...spec, containers: pod.spec.containers.map(dressed) } }, given);
  });

function withOthers({ resources }: TestContainer, more: Readonly<Record<string, string>>): Partial<TestContainer> {
  if (Object.keys(more).length === 0) return {};
  const { requests, limits } = resources ?? {};
  return { resources: { ...resources, requests: { ...requests, ...more }, limits: { ...limits, ...more } } };
}
