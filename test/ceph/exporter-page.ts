import { fieldsAt, numberAt } from '../../src/collect/smart/json-fields.ts';
import type { Ceph } from './ceph.ts';

/** Counters below this priority are not exported; ceph-exporter's own default. */
const leastPriority = 5;
/** Bits of a counter's type: a sum with its count; a histogram, which is not exported. */
const longRunAverage = 4;
const histogram = 0x10;

/**
 * The page that ceph-exporter (Ceph 17.2.7 and later) makes of the admin sockets of a host's daemons: the counters of `perf dump` with the priorities of `perf schema`,
 * named `ceph_GROUP_COUNTER`, averages as `_sum` and `_count`. It is made here from the sockets of OSDs that run, since their release has no exporter.
 */
export async function exporterPage(ceph: Ceph): Promise<string> {
  const pages = await Promise.all(
    [...ceph.plan.osds.keys()].map(async (osd) => {
      const ask = (what: string): Promise<unknown> => ceph.askOsd(osd, `perf ${what}`);
      const [dump, schema] = await Promise.all([ask('dump'), ask('schema')]);
      return linesOf(`osd.${osd}`, dump, schema);
    }),
  );
  return `${pages.flat().join('\n')}\n`;
}

/** The lines of a manager's page that are left when it excludes the daemons' counters, as it does by default from Ceph 17.2.7 on. */
export function withoutCounters(managerPage: string, exporter: string): string {
  const names = new Set(exporter.split('\n').map((line) => line.slice(0, line.indexOf('{'))));
  const nameOf = (line: string): string => /^(?:# \w+ )?([\w:]+)/.exec(line)?.[1] ?? '';
  return managerPage
    .split('\n')
    .filter((line) => !names.has(nameOf(line)))
    .join('\n');
}

function linesOf(daemon: string, dump: unknown, schema: unknown): string[] {
  return Object.entries(fieldsAt(schema)).flatMap(([group, counters]) =>
    Object.keys(fieldsAt(counters)).flatMap((counter) => {
      const about = fieldsAt(counters, counter);
      const type = numberAt(about, 'type') ?? 0;
      if ((numberAt(about, 'priority') ?? 0) < leastPriority || (type & histogram) !== 0) return [];
      const name = `ceph_${group}_${counter}`.replaceAll(/[-.]/g, '_');
      const label = `{ceph_daemon="${daemon}"}`;
      const values = fieldsAt(dump, group);
      if ((type & longRunAverage) === 0) return [`${name}${label} ${numberAt(values, counter) ?? 0}`];
      const average = fieldsAt(values, counter);
      return [
        `${name}_count${label} ${numberAt(average, 'avgcount') ?? 0}`,
        `${name}_sum${label} ${numberAt(average, 'sum') ?? 0}`,
      ];
    }),
  );
}
