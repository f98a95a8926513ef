import type { ContainerResources } from '../../core/decision.ts';
import { parseQuantity } from '../../core/quantity.ts';
import { type PerResource, type Resource, resources } from '../../core/resource.ts';
import { shownQuantity } from '../quantities.ts';
import { percent, renderTable } from '../table.ts';
import { hotNodeMinutes, type Outcome, outcomeOf, type RecordedFuture } from './recorded-future.ts';
import { type StoryContainer, storyHours, storyNodeResources } from './story.ts';
import type { Told, ToldPod } from './telling.ts';

/** The share of a node's cores above which it counts as hot. */
const hotShare = 0.8;

/** Everything that the demo found, as data. */
export interface DemoResult {
  readonly time: string;
  readonly outlookVersion: number;
  readonly pods: readonly ShownPod[];
  readonly hotNodeMinutes: { readonly withBarograph: number; readonly without: number };
}

export interface ShownPod {
  readonly pod: string;
  readonly point: string;
  readonly mode: string;
  readonly decision: string | null;
  readonly containers: readonly ShownContainer[];
  readonly node: string | null;
  readonly score: number | null;
  readonly nodeReason: string;
  readonly nodeWithout: string | null;
}

export interface ShownContainer {
  readonly name: string;
  readonly asked: ContainerResources;
  readonly got: ContainerResources;
  readonly reason: PerResource<string>;
  /** What the recordings say of the hours after: with what was asked, and with what it got (in observe mode: would have got). */
  readonly came: { readonly asked: Partial<PerResource<Outcome>>; readonly got: Partial<PerResource<Outcome>> };
}

export function resultOf(told: Told, future: RecordedFuture): DemoResult {
  const placed = (nodeOf: (pod: ToldPod) => string | undefined) =>
    told.pods.map((pod) => ({
      node: nodeOf(pod) ?? '',
      containers: pod.story.containers.map(({ name }) => ({ ...pod.story.workload, container: name })),
    }));
  const capacity = parseQuantity(storyNodeResources.cpu, 'cpu');
  return {
    time: new Date(told.fromSeconds * 1000).toISOString(),
    outlookVersion: told.outlookVersion,
    pods: told.pods.map((pod) => shownPod(pod, future)),
    hotNodeMinutes: {
      withBarograph: hotNodeMinutes(
        future,
        placed((pod) => pod.choice?.node),
        capacity,
        hotShare,
      ),
      without: hotNodeMinutes(
        future,
        placed((pod) => pod.stockNode),
        capacity,
        hotShare,
      ),
    },
  };
}

function shownPod(pod: ToldPod, future: RecordedFuture): ShownPod {
  const { story, decision, choice } = pod;
  return {
    pod: `${story.workload.namespace}/${story.workload.name}`,
    point: story.point,
    mode: decision?.mode ?? 'unchanged',
    decision: decision?.id ?? null,
    containers: story.containers.map((container) => shownContainer(pod, container, future)),
    node: choice?.node ?? null,
    score: choice?.score ?? null,
    nodeReason: decision?.placement?.reason ?? 'scored by what it asks for, as nothing is known of what it uses',
    nodeWithout: pod.stockNode ?? null,
  };
}

function shownContainer(pod: ToldPod, container: StoryContainer, future: RecordedFuture): ShownContainer {
  const { story, decision, warnings } = pod;
  const asked: ContainerResources = { requests: read(container.requests), limits: read(container.limits) };
  const decided = decision?.containers.find(({ name }) => name === container.name);
  const got = decided?.after ?? asked;
  const why = warnings[0]?.replace(/^barograph: /, '') ?? 'unchanged';
  const key = { ...story.workload, container: container.name };
  return {
    name: container.name,
    asked,
    got,
    reason: decided?.reason ?? { cpu: why, memory: why },
    came: { asked: outcomeOf(future, key, asked), got: outcomeOf(future, key, got) },
  };
}

function read(texts: Readonly<Record<string, string>> = {}): Partial<PerResource<number>> {
  return Object.fromEntries(
    resources.flatMap((resource) => {
      const text = texts[resource];
      return text === undefined ? [] : [[resource, parseQuantity(text, resource)]];
    }),
  );
}

/** The result for people. */
export function reportText(result: DemoResult): string {
  return [
    `It is ${result.time.slice(0, 16).replace('T', ' ')} in the recordings. ${result.pods.length} pods were created and scheduled, by Outlook ${result.outlookVersion}.`,
    '',
    'WHAT THEY ASKED FOR, AND WHAT THEY GOT (request / limit)',
    sizesTable(result),
    '',
    'WHERE THEY WENT',
    ...result.pods.map(placeText),
    '',
    `WHAT CAME: the ${storyHours} hours after, as recorded; nobody knew them before`,
    wrapped(
      'idle: the share of the request that lay unused; exceeded: the share of 5-minute windows that wanted more CPU than requested, or more memory than the limit',
      0,
    ),
    cameTable(result),
    '',
    `Nodes above ${percent(hotShare)} of their cores in these ${storyHours} hours, in node-minutes: ${result.hotNodeMinutes.withBarograph} with Barograph, ${result.hotNodeMinutes.without} with the stock scheduler and the requests as asked.`,
  ].join('\n');
}

function sizesTable({ pods }: DemoResult): string {
  const rows = pods.flatMap((pod) => [
    [pod.pod, '', '', '', `(${pod.mode}) ${pod.point}`],
    ...pod.containers.flatMap((container) =>
      resources.map((resource) => [
        `  ${container.name}`,
        resource,
        pair(container.asked, resource),
        pod.mode === 'observe' ? `(${pair(container.got, resource)})` : pair(container.got, resource),
        container.reason[resource],
      ]),
    ),
  ]);
  return renderTable(['pod, container', 'resource', 'asked', 'got', 'why'], rows);
}

function placeText({ pod, node, score, nodeReason, nodeWithout }: ShownPod): string {
  if (node === null) return `  ${pod}: fitted nowhere`;
  const otherwise = nodeWithout === node ? 'where it would have gone anyway' : `without Barograph: ${nodeWithout}`;
  const scored = score === null ? '' : `, score ${score} of 10`;
  return `  ${pod} → ${node}${scored} (${otherwise})\n${wrapped(nodeReason, 6)}`;
}

function cameTable({ pods }: DemoResult): string {
  const rows = pods.flatMap((pod) =>
    pod.containers.flatMap((container) =>
      resources.flatMap((resource) => {
        const [asked, got] = [container.came.asked[resource], container.came.got[resource]];
        if (asked === undefined || got === undefined) return [];
        const cells = [percent(asked.idle), percent(asked.exceeded), percent(got.idle), percent(got.exceeded)];
        return [[`${pod.pod} ${container.name}`, resource, ...cells]];
      }),
    ),
  );
  return renderTable(['container', 'resource', 'asked: idle', 'exceeded', 'got: idle', 'exceeded'], rows);
}

function pair({ requests, limits }: ContainerResources, resource: Resource): string {
  return `${shownQuantity(requests[resource], resource)} / ${shownQuantity(limits[resource], resource)}`;
}

const widest = 110;

/** Lines of words, each after some spaces, no wider than a usual terminal. */
function wrapped(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent + line.length + 1 + word.length > widest) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n');
}
