import { fieldsOf } from '../cluster/fields.ts';
import type { StorageView } from '../cluster/storage-view.ts';
import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import { dangerOf, type NodeDisk } from '../storage/node-disks.ts';
import { type DiskVerdict, verdictOf } from './disk-health-verdict.ts';
import { localVolumesOf } from './disk-health-volumes.ts';

export interface DiskHealthOptions {
  readonly storage: StorageView;
  readonly view: Pick<ClusterView, 'nodes' | 'node'>;
  readonly clock: Clock;
  /** A reading older than this is not acted on. */
  readonly maxAgeSeconds: number;
  /** The chance of a failure within 14 days from which a disk is critical. */
  readonly threshold: number;
  /** Whether filter may leave out nodes. */
  readonly refuse: boolean;
}

/** What the disks of nodes mean for one pod: by the names of nodes that have something against them. */
export type DiskVerdicts = ReadonlyMap<string, DiskVerdict>;

/** Knows which nodes have disks in danger, and for which pods that matters. */
export interface DiskHealth {
  readonly refuse: boolean;
  /** Whether any disk is in danger: else no pod needs a look. */
  readonly isTroubled: boolean;
  /** What is known of disks from now on. */
  use(disks: readonly NodeDisk[]): void;
  /** Of a pod as it came; undefined when no disk matters to it. */
  judge(pod: unknown): DiskVerdicts | undefined;
}

interface NodeWithDisks {
  readonly node: NodeView;
  readonly disks: readonly NodeDisk[];
}

// On a pod: whatever its disks, it goes where the scheduler wants. What is on them can then be saved.
const modeAnnotation = 'barograph.dev/mode';

export function createDiskHealth(options: DiskHealthOptions): DiskHealth {
  const { storage, view, clock, maxAgeSeconds, threshold, refuse } = options;
  let troubled: readonly NodeWithDisks[] = [];

  function isFresh({ readSeconds }: NodeDisk): boolean {
    return Math.abs(clock.nowSeconds() - readSeconds) <= maxAgeSeconds;
  }

  function isInDanger({ outlook }: NodeDisk): boolean {
    return dangerOf(outlook, threshold) !== undefined;
  }

  return {
    refuse,
    get isTroubled() {
      return troubled.length > 0;
    },

    use(disks) {
      const isAny = disks.some(isInDanger);
      troubled = isAny ? disksByNode(disks, view).filter(({ disks: own }) => own.some(isInDanger)) : [];
    },

    judge(pod) {
      if (troubled.length === 0 || !storage.synced || isOff(pod)) return undefined;
      const volumes = localVolumesOf(pod, storage);
      if (volumes.length === 0) return undefined;
      const verdicts = new Map<string, DiskVerdict>();
      for (const { node, disks } of troubled) {
        const verdict = verdictOf(node, disks.filter(isFresh), volumes, threshold);
        if (verdict !== undefined) verdicts.set(node.name, verdict);
      }
      return verdicts.size === 0 ? undefined : verdicts;
    },
  };
}

function isOff(pod: unknown): boolean {
  return fieldsOf(fieldsOf(fieldsOf(pod).metadata).annotations)[modeAnnotation] === 'off';
}

/** Nodes with their disks. A node goes by its name, its host name, the first part of either, and its addresses. */
function disksByNode(disks: readonly NodeDisk[], view: DiskHealthOptions['view']): readonly NodeWithDisks[] {
  const byNode = new Map<string, { node: NodeView; disks: NodeDisk[] }>();
  const nodes = nodesByName(new Set(disks.map(({ node }) => node)), view);
  for (const disk of disks) {
    const node = nodes.get(disk.node);
    if (node === undefined) continue;
    const held = byNode.get(node.name) ?? { node, disks: [] };
    held.disks.push(disk);
    byNode.set(node.name, held);
  }
  return [...byNode.values()];
}

function nodesByName(names: ReadonlySet<string>, view: DiskHealthOptions['view']): ReadonlyMap<string, NodeView> {
  const found = new Map<string, NodeView>();
  for (const name of names) {
    const node = view.node(name);
    if (node !== undefined) found.set(name, node);
  }
  if (found.size === names.size) return found;
  for (const node of view.nodes()) {
    for (const alias of aliasesOf(node)) if (names.has(alias) && !found.has(alias)) found.set(alias, node);
  }
  return found;
}

function aliasesOf({ name, labels, addresses = [] }: NodeView): readonly string[] {
  const host = labels['kubernetes.io/hostname'] ?? name;
  return [name, host, name.split('.', 1)[0] ?? name, host.split('.', 1)[0] ?? host, ...addresses];
}
