import type { ApiAnswer, Connection } from '../../src/cluster/connection.ts';

interface Stored {
  version: number;
  object: Record<string, unknown>;
}

/** Objects by their path, with merge patches, versions and conflicts as the API server has them; the real one is used in test/cluster. */
export class MemoryApi implements Pick<Connection, 'send'> {
  readonly #objects = new Map<string, Stored>();
  /** What every call fails with, while it is set. */
  failure: Error | undefined;
  readonly calls: string[] = [];

  async send(method: string, path: string, body?: object): Promise<ApiAnswer> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.calls.push(`${method} ${path}`);
    if (method === 'POST') return this.#create(path, body as Record<string, unknown>);
    const stored = this.#objects.get(path);
    if (stored === undefined) return { status: 404, body: { message: 'not found' } };
    if (method === 'GET') return { status: 200, body: shown(stored) };
    return this.#patch(stored, body as Record<string, unknown>);
  }

  put(path: string, object: Record<string, unknown>): void {
    this.#objects.set(path, { version: 1, object });
  }

  object(path: string): Record<string, unknown> | undefined {
    return this.#objects.get(path)?.object;
  }

  #create(collection: string, object: Record<string, unknown>): ApiAnswer {
    const { name } = object.metadata as { name: string };
    const path = `${collection}/${name}`;
    if (this.#objects.has(path)) return { status: 409, body: { message: 'already exists' } };
    this.put(path, object);
    return { status: 201, body: object };
  }

  #patch(stored: Stored, patch: Record<string, unknown>): ApiAnswer {
    const { resourceVersion } = (patch.metadata ?? {}) as { resourceVersion?: string };
    if (resourceVersion !== undefined && resourceVersion !== String(stored.version)) {
      return { status: 409, body: { message: 'the object has been modified' } };
    }
    stored.object = merged(stored.object, patch) as Record<string, unknown>;
    stored.version += 1;
    return { status: 200, body: shown(stored) };
  }
}

function shown({ object, version }: Stored): object {
  return { ...object, metadata: { ...(object.metadata as object), resourceVersion: String(version) } };
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete base[key];
    else base[key] = merged(base[key], value);
  }
  return base;
}
