import { parseQuantity } from './quantity.ts';
import { type PerResource, type Resource, resources } from './resource.ts';
import { Scanner } from './scan.ts';

/** Limits of a request, millicores or bytes; infinite where nothing was said. */
export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

export type ContainerBounds = 'off' | Partial<PerResource<Range>>;

export interface Bounds {
  /** For containers without a scope of their own. */
  readonly others?: ContainerBounds;
  readonly containers: ReadonlyMap<string, ContainerBounds>;
}

/**
 * Parses `barograph.dev/bounds`, for example `cpu 100m..2, memory 128Mi..` or `app: cpu ..2; proxy: off`.
 * Throws ANNOTATION_INVALID with the character that is wrong.
 */
export function parseBounds(text: string): Bounds {
  const scan = new Scanner('barograph.dev/bounds', text);
  const containers = new Map<string, ContainerBounds>();
  let others: ContainerBounds | undefined;
  do {
    const start = scan.position;
    const container = scan.take(/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?=[ \t]*:)/);
    if (container !== undefined) scan.expect(/:/, "':'");
    const isRepeated = container === undefined ? others !== undefined : containers.has(container);
    if (isRepeated && !scan.atEnd) scan.fail(`one scope ${of(container)}`, start);
    const scope = parseScope(scan);
    if (container === undefined) others = scope;
    else containers.set(container, scope);
  } while (scan.take(/;/) !== undefined);
  scan.expectEnd("',', ';' or the end");
  return others === undefined ? { containers } : { containers, others };
}

/** What holds for one container. */
export function boundsOf(bounds: Bounds | undefined, container: string): ContainerBounds {
  return bounds?.containers.get(container) ?? bounds?.others ?? {};
}

function of(container: string | undefined): string {
  return container === undefined ? 'without a container' : `for '${container}'`;
}

function parseScope(scan: Scanner): ContainerBounds {
  if (scan.take(/off(?![a-z0-9])/) !== undefined) return 'off';
  const ranges: Partial<Record<Resource, Range>> = {};
  do {
    const start = scan.position;
    const resource = scan.expect(/(?:cpu|memory)(?![a-z])/, `'off', ${resources.map((r) => `'${r}'`).join(' or ')}`);
    if (Object.hasOwn(ranges, resource)) scan.fail(`'${resource}' only once`, start);
    ranges[resource as Resource] = parseRange(scan, resource as Resource);
  } while (scan.take(/,/) !== undefined);
  return ranges;
}

function parseRange(scan: Scanner, resource: Resource): Range {
  const start = scan.position;
  const lowest = parseEnd(scan, resource);
  scan.expect(/\.\./, "'..'");
  const highest = parseEnd(scan, resource);
  if (lowest === undefined && highest === undefined) scan.fail('a quantity on at least one side of ..', start);
  if (lowest !== undefined && highest !== undefined && lowest > highest) {
    scan.fail('a lower bound that is not above the upper one', start);
  }
  return { lowest: lowest ?? 0, highest: highest ?? Number.POSITIVE_INFINITY };
}

function parseEnd(scan: Scanner, resource: Resource): number | undefined {
  const start = scan.position;
  // A quantity ends before '..': a dot counts only where no second dot follows.
  const text = scan.take(/\d+(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?(?=[ \t]|\.\.|[,;]|$)/);
  if (text === undefined) {
    if (/^[^.,;\s]/.test(scan.text.slice(start))) scan.fail('a quantity such as 250m or 1.5Gi');
    return undefined;
  }
  return parseQuantity(text, resource);
}
