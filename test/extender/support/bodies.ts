/** A pod as kube-scheduler sends it, with as much as matters here and something that does not. */
export function podObject(name: string, more: PodMore = {}): object {
  const { namespace = 'shop', uid = `uid-${namespace}-${name}`, requests, annotations, owner, volumes } = more;
  return {
    metadata: {
      name,
      namespace,
      uid,
      annotations,
      ownerReferences:
        owner === undefined ? undefined : [{ ...owner, apiVersion: 'apps/v1', uid: 'o', controller: true }],
    },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'example.com/app:1',
          args: ['--greeting={"say": "\\"hello\\", {world}"}'],
          resources: { requests: requests ?? { cpu: '1', memory: '1Gi' } },
        },
      ],
      volumes,
    },
    status: { phase: 'Pending' },
  };
}

export interface PodMore {
  readonly namespace?: string;
  readonly uid?: string;
  readonly requests?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly volumes?: readonly object[];
}

/** The body of filter and prioritize as Go's encoder writes it for a nodeCacheCapable extender. */
export function namesBody(pod: object, names: readonly string[]): Buffer {
  return Buffer.from(`${JSON.stringify({ Pod: pod, Nodes: null, NodeNames: names })}\n`);
}

/** The body for an extender that is not nodeCacheCapable. */
export function nodesBody(pod: object, names: readonly string[]): Buffer {
  const items = names.map((name) => ({ metadata: { name, labels: { zone: 'a' } }, status: { phase: 'Running' } }));
  return Buffer.from(JSON.stringify({ Pod: pod, Nodes: { metadata: {}, items }, NodeNames: null }));
}

export function preemptBody(pod: object, victims: Readonly<Record<string, readonly string[]>>): Buffer {
  const entries = Object.entries(victims).map(([node, uids]) => [
    node,
    { Pods: uids.map((UID) => ({ UID })), NumPDBViolations: 0 },
  ]);
  return Buffer.from(
    JSON.stringify({ Pod: pod, NodeNameToVictims: null, NodeNameToMetaVictims: Object.fromEntries(entries) }),
  );
}

export interface FilterResult {
  readonly NodeNames?: readonly string[];
  readonly Nodes?: { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
  readonly FailedNodes: Readonly<Record<string, string>>;
  readonly FailedAndUnresolvableNodes: Readonly<Record<string, string>>;
  readonly Error: string;
}

export function filterResult(answer: Buffer): FilterResult {
  return JSON.parse(answer.toString('utf8')) as FilterResult;
}

/** Scores by node of a HostPriorityList, in its order. */
export function scoresOf(answer: Buffer): ReadonlyMap<string, number> {
  const list = JSON.parse(answer.toString('utf8')) as readonly { readonly Host: string; readonly Score: number }[];
  return new Map(list.map(({ Host, Score }) => [Host, Score]));
}

export function preemptNodes(answer: Buffer): readonly string[] {
  const { NodeNameToMetaVictims } = JSON.parse(answer.toString('utf8')) as { NodeNameToMetaVictims: object };
  return Object.keys(NodeNameToMetaVictims);
}
