import type { Api } from './api.ts';
import { waitFor } from './wait-for.ts';

/** A node that kwok plays. Quantities as Kubernetes writes them. */
export interface FakeNode {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

const parallel = 32;

/** `node-0`, `node-1`, … from `first` on. */
export function numberedNodes(count: number, first = 0, like: Omit<FakeNode, 'name'> = {}): readonly FakeNode[] {
  return Array.from({ length: count }, (_, index) => ({ ...like, name: `node-${first + index}` }));
}

/** Creates nodes side by side and waits until all are ready and take pods. */
export async function createNodes(api: Api, nodes: readonly FakeNode[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let node = nodes[next++]; node !== undefined; node = nodes[next++]) {
      await api.create('/api/v1/nodes', nodeObject(node));
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, nodes.length) }, worker));
  const wanted = new Set(nodes.map((node) => node.name));
  // A list of thousands costs the API server more than kwok's own work: the more nodes, the rarer it is asked for.
  const interval = 50 + nodes.length / 2;
  await waitFor(() => allReady(api, wanted), 30 + nodes.length / 50, `${nodes.length} nodes to be ready`, interval);
}

async function allReady(api: Api, wanted: ReadonlySet<string>): Promise<boolean> {
  // resourceVersion=0 reads the API server's cache: cheap for thousands of nodes.
  const items = await api.list('/api/v1/nodes?resourceVersion=0');
  const ready = items.filter((node) => wanted.has(node.metadata.name) && isReady(node));
  return ready.length === wanted.size;
}

function isReady(node: {
  spec?: { taints?: unknown[] };
  status?: { conditions?: { type: string; status: string }[] };
}): boolean {
  const condition = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return condition?.status === 'True' && (node.spec?.taints ?? []).length === 0;
}

function nodeObject(node: FakeNode): object {
  const resources = { cpu: node.cpu ?? '16', memory: node.memory ?? '64Gi', pods: String(node.pods ?? 110) };
  return {
    metadata: {
      name: node.name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        type: 'kwok',
        ...node.labels,
      },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
