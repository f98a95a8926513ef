import { z } from 'zod';

// What is used of `ceph osd crush dump`; the rest of it changes from release to release.
const item = z.object({ id: z.number().int(), weight: z.number() });
const bucket = z.object({
  id: z.number().int(),
  name: z.string(),
  type_name: z.string(),
  items: z.array(item),
});
const step = z.object({ op: z.string(), item: z.number().int().optional(), type: z.string().optional() });
const rule = z.object({ rule_id: z.number().int(), steps: z.array(step) });
const device = z.object({ id: z.number().int(), class: z.string().optional() });

export const crushSchema = z.object({
  devices: z.array(device),
  buckets: z.array(bucket),
  rules: z.array(rule),
});

export type CrushDump = z.output<typeof crushSchema>;

/** What a rule chooses from. */
export interface RuleReach {
  /** Ascending; without those whose weight is 0: they get nothing. */
  readonly osds: readonly number[];
  /** The kind of bucket that gets one replica. */
  readonly failureDomain: string;
  /** undefined where the rule takes any class, or several. */
  readonly deviceClass: string | undefined;
}

export interface OsdPlace {
  /** TiB by custom; 0 where it is not in the map. */
  readonly crushWeight: number;
  /** The bucket of type host above it; empty without one. */
  readonly host: string;
  readonly deviceClass: string | undefined;
}

/** Weights are fixed-point numbers of 16 bits after the point. */
const weightUnit = 65_536;

/** What each rule reaches, by its id. A class is taken by a shadow tree (`default~ssd`), which the dump holds as buckets of their own. */
export function ruleReaches({ buckets, rules }: CrushDump): ReadonlyMap<number, RuleReach> {
  const byId = new Map(buckets.map((one) => [one.id, one]));
  return new Map(
    rules.map(({ rule_id: id, steps }) => {
      const taken = steps.flatMap((one) => (one.op === 'take' && one.item !== undefined ? [one.item] : []));
      const osds = new Set(taken.flatMap((root) => [...leavesBelow(root, byId)]));
      const classes = new Set(taken.map((root) => byId.get(root)?.name.split('~')[1]));
      const [only] = classes.size === 1 ? classes : [];
      return [id, { osds: [...osds].toSorted((a, b) => a - b), failureDomain: domainOf(steps), deviceClass: only }];
    }),
  );
}

/** Where each OSD hangs, by its id. */
export function osdPlaces({ buckets, devices }: CrushDump): ReadonlyMap<number, OsdPlace> {
  const real = buckets.filter(({ name }) => !name.includes('~'));
  const parents = new Map(real.flatMap((one) => one.items.map(({ id }) => [id, one] as const)));
  return new Map(
    devices.map(({ id, class: deviceClass }) => {
      const weight = parents.get(id)?.items.find((one) => one.id === id)?.weight ?? 0;
      return [
        id,
        { crushWeight: weight / weightUnit, host: hostAbove(id, parents), deviceClass: deviceClass || undefined },
      ];
    }),
  );
}

function* leavesBelow(root: number, byId: ReadonlyMap<number, CrushDump['buckets'][number]>): Generator<number> {
  const open = [root];
  const seen = new Set<number>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    // A damaged map must not be walked for ever.
    if (seen.has(id)) continue;
    seen.add(id);
    if (id >= 0) yield id;
    else for (const one of byId.get(id)?.items ?? []) if (one.weight > 0) open.push(one.id);
  }
}

/** The last choice of a rule is for one replica: of `choose 2 racks, chooseleaf 2 hosts` the host. */
function domainOf(steps: CrushDump['rules'][number]['steps']): string {
  return steps.findLast(({ op, type }) => op.startsWith('choose') && type !== undefined)?.type ?? 'osd';
}

function hostAbove(osd: number, parents: ReadonlyMap<number, CrushDump['buckets'][number]>): string {
  let at = parents.get(osd);
  for (let depth = 0; at !== undefined && depth < 32; depth += 1) {
    if (at.type_name === 'host') return at.name;
    at = parents.get(at.id);
  }
  return '';
}
