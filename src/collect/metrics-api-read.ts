import type { Connection } from '../cluster/connection.ts';
import { fieldsOf, itemsOf, secondsOf, textOf } from '../cluster/fields.ts';
import { listAll } from '../cluster/list.ts';
import { BarographError } from '../core/errors.ts';
import { scaledQuantity } from '../core/quantity.ts';

/** What the metrics API says of a container (CPU is the mean of a window that ends at `timeSeconds`) or, without pod and container, of a node. */
export interface NewestSample {
  readonly namespace: string;
  /** Of the pod, or of the node. */
  readonly name: string;
  readonly container: string;
  readonly timeSeconds: number;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

const group = '/apis/metrics.k8s.io/v1beta1';

/** The newest sample of every container. Throws SOURCE_UNAVAILABLE, CLUSTER_UNREACHABLE. */
export function readPodMetrics(connection: Connection, signal: AbortSignal): Promise<NewestSample[]> {
  return readMetrics(`${group}/pods`, connection, signal, (object) => {
    const { metadata, timestamp, containers } = fieldsOf(object);
    const { namespace, name } = fieldsOf(metadata);
    return itemsOf(containers).flatMap((container) => {
      const fields = fieldsOf(container);
      return sampleOf(timestamp, fields.usage, {
        namespace: textOf(namespace) ?? '',
        name: textOf(name) ?? '',
        container: textOf(fields.name) ?? '',
      });
    });
  });
}

/** The newest sample of every node. Throws SOURCE_UNAVAILABLE, CLUSTER_UNREACHABLE. */
export function readNodeMetrics(connection: Connection, signal: AbortSignal): Promise<NewestSample[]> {
  return readMetrics(`${group}/nodes`, connection, signal, (object) => {
    const { metadata, timestamp, usage } = fieldsOf(object);
    return sampleOf(timestamp, usage, { namespace: '', name: textOf(fieldsOf(metadata).name) ?? '', container: '' });
  });
}

async function readMetrics(
  path: string,
  connection: Connection,
  signal: AbortSignal,
  project: (object: unknown) => NewestSample[],
): Promise<NewestSample[]> {
  const listed = await listAll({ path }, connection, signal, project);
  if (listed.kind === 'listed') return [...listed.items.values()].flat();
  const hint = listed.status === 404 ? 'is metrics-server installed?' : 'may this account list it?';
  const received = `status ${listed.status}: ${listed.body.slice(0, 200)}`;
  throw new BarographError(
    'SOURCE_UNAVAILABLE',
    `expected ${path} of ${connection.server} (${hint}), received ${received}`,
  );
}

/** Nothing when a part is missing or cannot be read. */
function sampleOf(
  timestamp: unknown,
  usage: unknown,
  name: Pick<NewestSample, 'namespace' | 'name' | 'container'>,
): NewestSample[] {
  const timeSeconds = secondsOf(timestamp);
  const { cpu, memory } = fieldsOf(usage);
  if (timeSeconds === undefined || name.name === '') return [];
  // It counts in nanocores: whole millicores would be coarse for small containers.
  return [{ ...name, timeSeconds, cpuMillicores: amountOf(cpu, 9) / 1e6, memoryBytes: amountOf(memory, 0) }];
}

function amountOf(value: unknown, decimals: number): number {
  if (typeof value !== 'string') return Number.NaN;
  try {
    return Number(scaledQuantity(value, decimals));
  } catch {
    return Number.NaN;
  }
}
