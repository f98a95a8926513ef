import { addRepairs, noRepairs, type RepairCounts } from '../collect/repair.ts';
import type { ContainerUsage, NodeUsage, UsageBatch } from '../collect/source.ts';
import { frame, packNumbers, unframe, unpackDoubles } from '../core/framing.ts';
import type { TimeRange } from '../core/time-range.ts';
import type { ContainerKey } from '../core/workload.ts';

const kind = 'usage-batch';
const version = 1;

interface Head {
  range: TimeRange;
  repairs: Partial<RepairCounts>;
  containers: { key: ContainerKey; pod: string; node?: string }[];
  nodes: string[];
  /** Samples of each series: containers, then nodes. */
  lengths: number[];
}

/** A batch as bytes for the journal: a JSON head, then times, cpu and memory of all series, one after the other (f64). */
export function encodeBatch(batch: UsageBatch): Uint8Array {
  const series: readonly (ContainerUsage | NodeUsage)[] = [...batch.containers, ...batch.nodes];
  const head: Head = {
    range: batch.range,
    repairs: batch.repairs,
    containers: batch.containers.map(({ key, pod, node }) => (node === undefined ? { key, pod } : { key, pod, node })),
    nodes: batch.nodes.map(({ node }) => node),
    lengths: series.map(({ times }) => times.length),
  };
  const columns = [
    series.map(({ times }) => times),
    series.map(({ cpuMillicores }) => cpuMillicores),
    series.map(({ memoryBytes }) => memoryBytes),
  ];
  const total = head.lengths.reduce((sum, length) => sum + length, 0);
  const parts = columns.map((column) => packNumbers(joined(column, total)));
  return frame(kind, version, [Buffer.from(JSON.stringify(head), 'utf8'), ...parts]);
}

/** The inverse of encodeBatch. Throws OUTLOOK_INVALID when the bytes are damaged. */
export function decodeBatch(bytes: Uint8Array): UsageBatch {
  const [headBytes, ...parts] = unframe(kind, version, bytes);
  const head = JSON.parse(Buffer.from(headBytes ?? []).toString('utf8')) as Head;
  const [times, cpu, memory] = parts.map((part) => unpackDoubles(kind, part));
  let at = 0;
  const take = (length: number): Pick<NodeUsage, 'times' | 'cpuMillicores' | 'memoryBytes'> => {
    const of = (column: Float64Array | undefined): Float64Array =>
      column?.subarray(at, at + length) ?? new Float64Array(0);
    const taken = { times: of(times), cpuMillicores: of(cpu), memoryBytes: of(memory) };
    at += length;
    return taken;
  };
  const containers = head.containers.map((of, i) => ({ ...of, ...take(head.lengths[i] ?? 0) }));
  const nodes = head.nodes.map((node, i) => ({ node, ...take(head.lengths[containers.length + i] ?? 0) }));
  const repairs = noRepairs();
  addRepairs(repairs, { ...noRepairs(), ...head.repairs });
  return { range: head.range, containers, nodes, repairs };
}

function joined(arrays: readonly Float64Array[], total: number): Float64Array {
  const all = new Float64Array(total);
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
