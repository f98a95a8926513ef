import { fieldsOf, itemsOf, textOf } from '../../cluster/fields.ts';
import { needed, numberOf } from './ceph-answer.ts';
import type { CephCommand } from './ceph-command.ts';
import { type LivePlacementGroups, placementGroupsOf } from './live-placement-groups.ts';

/** One OSD at this moment. */
export interface LiveOsd {
  readonly id: number;
  readonly up: boolean;
  readonly in: boolean;
  /** As `ceph osd reweight` sets it, 0–1. */
  readonly reweight: number;
  readonly crushWeight: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly placementGroups: number;
  readonly deviceClass: string | undefined;
  /** The buckets above it by their type: `{ host: 'a', rack: 'r1', root: 'default' }`. */
  readonly above: Readonly<Record<string, string>>;
}

export interface LivePool {
  readonly name: string;
  readonly size: number;
  readonly minSize: number;
  readonly rule: LiveRule;
}

/** Where a CRUSH rule puts replicas. */
export interface LiveRule {
  /** Buckets that it begins at, with the device class that it takes of them. */
  readonly takes: readonly { readonly bucket: string; readonly deviceClass: string | undefined }[];
  /** The type of bucket that holds at most one replica: host, rack, osd. */
  readonly failureDomain: string;
}

/** What is so in a Ceph cluster at this moment, as far as it matters to a change. */
export interface LiveCluster {
  readonly fsid: string;
  readonly health: string;
  /** Codes of its health checks. */
  readonly checks: readonly string[];
  /** Flags of the OSD map: noout, norebalance, … */
  readonly flags: readonly string[];
  readonly placementGroups: { readonly total: number; readonly clean: number };
  readonly nearFullRatio: number;
  readonly osds: readonly LiveOsd[];
  readonly pools: readonly LivePool[];
}

/** Asks the cluster itself. Throws SOURCE_UNAVAILABLE, also where an answer lacks what a decision needs: nothing is guessed here. */
export async function readLiveCluster(ceph: CephCommand, signal?: AbortSignal): Promise<LiveCluster> {
  const status = fieldsOf(await ceph.read(['status'], signal));
  const dump = fieldsOf(await ceph.read(['osd', 'dump'], signal));
  const usage = fieldsOf(await ceph.read(['osd', 'df'], signal));
  const tree = fieldsOf(await ceph.read(['osd', 'tree'], signal));
  const rules = itemsOf(await ceph.read(['osd', 'crush', 'rule', 'dump'], signal));
  const told = await ceph.read(['pg', 'dump', 'pgs_brief'], signal);
  const { health, pgmap, fsid } = status;
  const placementGroups = placementGroupsOf(fieldsOf(pgmap), told);
  const rulesById = new Map(rules.map((rule) => [numberOf(fieldsOf(rule).rule_id, 'rule_id'), ruleOf(rule)]));
  return {
    fsid: needed(textOf(fsid), 'fsid'),
    health: needed(textOf(fieldsOf(health).status), 'health.status'),
    checks: Object.keys(fieldsOf(fieldsOf(health).checks)),
    flags: (textOf(dump.flags) ?? '').split(',').filter((flag) => flag !== ''),
    placementGroups: { total: placementGroups.total, clean: placementGroups.clean },
    nearFullRatio: numberOf(dump.nearfull_ratio, 'nearfull_ratio'),
    osds: osdsOf(itemsOf(dump.osds), itemsOf(usage.nodes), itemsOf(tree.nodes), placementGroups),
    pools: itemsOf(dump.pools).map((pool) => poolOf(fieldsOf(pool), rulesById)),
  };
}

function osdsOf(
  dump: readonly unknown[],
  usage: readonly unknown[],
  tree: readonly unknown[],
  { countOn }: LivePlacementGroups,
): LiveOsd[] {
  const used = new Map(usage.map(fieldsOf).map((one) => [one.id, one]));
  const above = bucketsAbove(tree);
  return dump.map((item) => {
    const { osd, up, in: isIn, weight } = fieldsOf(item);
    const id = numberOf(osd, 'osds.osd');
    const { crush_weight, kb, kb_used, pgs, device_class } = used.get(id) ?? {};
    return {
      id,
      up: up === 1,
      in: isIn === 1,
      reweight: numberOf(weight, `osd.${id} weight`),
      // An OSD that is not in the map of the tree weighs nothing.
      crushWeight: typeof crush_weight === 'number' ? crush_weight : 0,
      usedBytes: typeof kb_used === 'number' ? kb_used * 1024 : 0,
      totalBytes: typeof kb === 'number' ? kb * 1024 : 0,
      placementGroups: Math.max(typeof pgs === 'number' ? pgs : 0, countOn.get(id) ?? 0),
      deviceClass: textOf(device_class),
      above: above.get(id) ?? {},
    };
  });
}

/** For each OSD of the tree the buckets on its way to the root. */
function bucketsAbove(tree: readonly unknown[]): ReadonlyMap<number, Readonly<Record<string, string>>> {
  const nodes = tree.map(fieldsOf);
  const parents = new Map<unknown, Readonly<Record<string, unknown>>>();
  for (const node of nodes) for (const child of itemsOf(node.children)) parents.set(child, node);
  const above = new Map<number, Readonly<Record<string, string>>>();
  for (const { id, type } of nodes) {
    if (type !== 'osd' || typeof id !== 'number') continue;
    const found: Record<string, string> = {};
    for (let one = parents.get(id); one !== undefined; one = parents.get(one.id)) {
      const [bucket, name] = [textOf(one.type), textOf(one.name)];
      if (bucket !== undefined && name !== undefined) found[bucket] = name;
    }
    above.set(id, found);
  }
  return above;
}

function poolOf(pool: Readonly<Record<string, unknown>>, rules: ReadonlyMap<number, LiveRule>): LivePool {
  const name = needed(textOf(pool.pool_name), 'pool_name');
  return {
    name,
    size: numberOf(pool.size, `${name} size`),
    minSize: numberOf(pool.min_size, `${name} min_size`),
    rule: needed(rules.get(numberOf(pool.crush_rule, `${name} crush_rule`)), `the CRUSH rule of ${name}`),
  };
}

function ruleOf(rule: unknown): LiveRule {
  const steps = itemsOf(fieldsOf(rule).steps).map(fieldsOf);
  const takes = steps.flatMap(({ op, item_name }) => {
    // A class is written as a shadow tree: `default~ssd`.
    const [bucket, deviceClass] = (textOf(item_name) ?? '').split('~');
    return op === 'take' && bucket ? [{ bucket, deviceClass }] : [];
  });
  const chosen = steps.findLast(({ op }) => /^choose/.test(textOf(op) ?? ''));
  return { takes, failureDomain: textOf(chosen?.type) ?? 'osd' };
}
