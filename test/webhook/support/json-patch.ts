import { BarographError } from '../../../src/core/errors.ts';

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** Applies `add` operations of RFC 6902 to a copy, as strictly as the API server does: a parent that is missing is an error. */
export function applyPatch<T>(document: T, patch: readonly Operation[]): T {
  const copy = structuredClone(document);
  for (const { op, path, value } of patch) {
    if (op !== 'add') throw new BarographError('REQUEST_INVALID', `expected op add, received ${op}`);
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    const parent = parts.reduce<unknown>((held, part) => childOf(held, part, path), copy);
    if (typeof parent !== 'object' || parent === null) throw missing(path);
    (parent as Record<string, unknown>)[last] = structuredClone(value);
  }
  return copy;
}

function childOf(held: unknown, part: string, path: string): unknown {
  if (typeof held !== 'object' || held === null || !Object.hasOwn(held, part)) throw missing(path);
  return (held as Record<string, unknown>)[part];
}

function missing(path: string): BarographError {
  return new BarographError('REQUEST_INVALID', `there is no parent of ${path}`);
}
