import {
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { BarographError } from '../core/errors.ts';
import type { Outlook } from '../core/outlook.ts';

const formatVersion = '1';
const columns = ['cpu_mean', 'cpu_variance', 'memory_mean', 'memory_variance'] as const;

/**
 * The Outlook as Apache Arrow IPC (stream): a row a node with `node` (utf8) and for each resource the mean and the variance
 * of its load as a list of `steps` float32; the scalars are in the schema's metadata under `barograph.*`.
 */
export function encodeOutlook(outlook: Outlook): Uint8Array {
  const { nodes, steps } = outlook;
  const rows = nodes.names.length;
  const names = vectorFromArray([...nodes.names], new Utf8());
  const matrices = [nodes.mean.cpu, nodes.variance.cpu, nodes.mean.memory, nodes.variance.memory];
  const width = Math.max(1, steps);
  const listType = new FixedSizeList(width, new Field('item', new Float32(), false));
  const data = matrices.map((matrix) => {
    const child = makeData({ type: new Float32(), length: rows * width, data: matrix });
    return makeVector(makeData({ type: listType, length: rows, nullCount: 0, child })).data[0];
  });
  const fields: Field<DataType>[] = [
    new Field('node', new Utf8(), false),
    ...columns.map((name) => new Field<DataType>(name, listType, false)),
  ];
  const schema = new Schema(fields, scalarsOf(outlook));
  const children = [names.data[0], ...data].filter((part) => part !== undefined);
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  return tableToIPC(new Table(schema, new RecordBatch(schema, struct)), 'stream');
}

/** The inverse of encodeOutlook. Throws OUTLOOK_INVALID. */
export function decodeOutlook(bytes: Uint8Array): Outlook {
  const table = readTable(bytes);
  const metadata = table.schema.metadata;
  if (metadata.get('barograph.format') !== formatVersion) {
    throw new BarographError(
      'OUTLOOK_INVALID',
      `expected an Outlook of format ${formatVersion}, received '${metadata.get('barograph.format') ?? 'none'}'`,
    );
  }
  const scalar = (name: string): number => readScalar(metadata, name);
  const rows = table.numRows;
  const steps = scalar('steps');
  const matrix = (name: (typeof columns)[number]): Float32Array => {
    const values: unknown = rows === 0 ? new Float32Array(0) : table.getChild(name)?.data[0]?.children[0]?.values;
    if (!(values instanceof Float32Array) || values.length < rows * steps) {
      throw new BarographError('OUTLOOK_INVALID', `expected ${rows} x ${steps} float32 values in column ${name}`);
    }
    return values.slice(0, rows * steps);
  };
  const names = Array.from({ length: rows }, (_, row) => String(table.getChild('node')?.get(row)));
  return {
    version: scalar('version'),
    madeSeconds: scalar('made_seconds'),
    dataSeconds: scalar('data_seconds'),
    horizonStartSeconds: scalar('horizon_start_seconds'),
    stepSeconds: scalar('step_seconds'),
    steps,
    containers: scalar('containers'),
    nodes: {
      names,
      attributed: metadata.get('barograph.attributed') === 'true',
      mean: { cpu: matrix('cpu_mean'), memory: matrix('memory_mean') },
      variance: { cpu: matrix('cpu_variance'), memory: matrix('memory_variance') },
    },
  };
}

function scalarsOf(outlook: Outlook): Map<string, string> {
  return new Map([
    ['barograph.format', formatVersion],
    ['barograph.version', String(outlook.version)],
    ['barograph.made_seconds', String(outlook.madeSeconds)],
    ['barograph.data_seconds', String(outlook.dataSeconds)],
    ['barograph.horizon_start_seconds', String(outlook.horizonStartSeconds)],
    ['barograph.step_seconds', String(outlook.stepSeconds)],
    ['barograph.steps', String(outlook.steps)],
    ['barograph.containers', String(outlook.containers)],
    ['barograph.attributed', String(outlook.nodes.attributed)],
  ]);
}

function readTable(bytes: Uint8Array): Table {
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new BarographError('OUTLOOK_INVALID', 'expected an Arrow IPC stream', { cause });
  }
}

function readScalar(metadata: Map<string, string>, name: string): number {
  const value = Number(metadata.get(`barograph.${name}`) ?? Number.NaN);
  if (Number.isFinite(value)) return value;
  throw new BarographError('OUTLOOK_INVALID', `expected a number in the metadata key barograph.${name}`);
}
