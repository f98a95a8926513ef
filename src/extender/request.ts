import { type Fields, fieldsOf } from '../cluster/fields.ts';
import { BarographError } from '../core/errors.ts';

const subject = 'ExtenderArgs';

/** The nodes of an ExtenderArgs (k8s.io/kube-scheduler/extender/v1) and its pod, which nobody has looked at yet. */
export interface NodeCall {
  readonly pod: unknown;
  readonly names: readonly string[];
  /** Set when whole nodes were sent instead of names: the list, and its items in the order of `names`. */
  readonly list: { readonly fields: Fields; readonly items: readonly unknown[] } | undefined;
}

/**
 * Reads the body of filter and prioritize, of any shape: names or whole nodes, keys in any case (Go's reader takes them so, and older schedulers write
 * them in lower case). Throws REQUEST_INVALID.
 */
export function readNodeCall(body: Buffer): NodeCall {
  const args = parseObject(body, subject);
  const pod = fieldOf(args, 'Pod');
  const names = fieldOf(args, 'NodeNames') ?? null;
  if (names !== null) return { pod, names: textsOf(names), list: undefined };
  const nodes = fieldOf(args, 'Nodes') ?? null;
  if (nodes === null) throw invalid('expected NodeNames or Nodes, found neither');
  const fields = fieldsOf(nodes);
  const items = fieldOf(fields, 'items') ?? [];
  if (!Array.isArray(items)) throw invalid('expected Nodes.items to be a list');
  return { pod, names: items.map(nodeName), list: { fields, items } };
}

/** Parses a body that must be a JSON object; errors call it `what`. Throws REQUEST_INVALID. */
export function parseObject(body: Buffer, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // Without the cause: its text quotes the body, and so perhaps an environment variable of the pod.
    throw invalid(`expected JSON, received ${body.length} bytes that are none`, what);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('expected a JSON object', what);
  return value as Fields;
}

/** A field by its name, else by its name in any case. */
export function fieldOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(fields).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : fields[key];
}

function textsOf(names: unknown): readonly string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw invalid('expected NodeNames to be a list of texts');
  }
  return names;
}

function nodeName(node: unknown): string {
  const { name } = fieldsOf(fieldsOf(node).metadata);
  if (typeof name !== 'string') throw invalid('expected every node to have metadata.name');
  return name;
}

function invalid(message: string, what = subject): BarographError {
  return new BarographError('REQUEST_INVALID', `${what}: ${message}`);
}
