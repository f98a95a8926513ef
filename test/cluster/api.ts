import { Agent, request } from 'node:https';
import { ClusterError } from './cluster-error.ts';

export { waitFor } from './wait-for.ts';

/** Any Kubernetes object, as tests read it: what is not there is undefined. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads deep into objects that the API server has just written
export type KubeObject = any;

export class ApiError extends ClusterError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** The API server by raw REST paths (`/api/v1/namespaces/default/pods`); bodies and answers are JSON. Throws ApiError for a status of 300 or more. */
export class Api {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(server: string, authority: string, token: string) {
    this.#server = server;
    this.#token = token;
    this.#agent = new Agent({ ca: authority, keepAlive: true, maxSockets: 64 });
  }

  get(path: string): Promise<KubeObject> {
    return this.#call('GET', path);
  }

  /** All items of a list. */
  async list(path: string): Promise<KubeObject[]> {
    return (await this.get(path)).items;
  }

  create(path: string, body: object): Promise<KubeObject> {
    return this.#call('POST', path, body);
  }

  replace(path: string, body: object): Promise<KubeObject> {
    return this.#call('PUT', path, body);
  }

  /** A JSON merge patch: null removes a key. */
  patch(path: string, body: object): Promise<KubeObject> {
    return this.#call('PATCH', path, body, 'application/merge-patch+json');
  }

  /** Server-side apply as one field manager; unknown and doubled fields are refused. */
  apply(path: string, body: object): Promise<KubeObject> {
    const query = 'fieldManager=test&force=true&fieldValidation=Strict';
    return this.#call('PATCH', `${path}?${query}`, body, 'application/apply-patch+yaml');
  }

  /** Gone at once: no grace period. */
  delete(path: string): Promise<KubeObject> {
    return this.#call('DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 });
  }

  /** Creates a namespace and waits until pods can be created in it. */
  async createNamespace(name: string, metadata: object = {}): Promise<void> {
    await this.create('/api/v1/namespaces', { metadata: { ...metadata, name } });
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const found = await this.get(account).catch(() => undefined);
      if (found !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new ClusterError(`waited 10 s for ${account}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #call(method: string, path: string, body?: object, contentType = 'application/json'): Promise<KubeObject> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { authorization: `Bearer ${this.#token}`, accept: 'application/json' };
      const text = body === undefined ? '' : JSON.stringify(body);
      if (body !== undefined) headers['content-type'] = contentType;
      // Node does not say by itself how long the body of a DELETE is, and the server would take it for the next request.
      if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(text));
      const call = request(`${this.#server}${path}`, { method, agent: this.#agent, headers, timeout: 60_000 });
      call.on('timeout', () => call.destroy(new ClusterError(`${method} ${path} took more than 60 s`)));
      call.on('error', (cause) => reject(new ClusterError(`${method} ${path} failed`, { cause })));
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status < 300) resolve(parse(answer));
          else reject(new ApiError(status, `${method} ${path} answered ${status}: ${reason(answer)}`));
        });
      });
      call.end(text);
    });
  }
}

/** `/readyz` and `/healthz` answer plain text. */
function parse(text: string): KubeObject {
  return /^[{[]/.test(text) ? JSON.parse(text) : text;
}

function reason(text: string): string {
  const parsed = /^\{/.test(text) ? (JSON.parse(text) as { message?: string }) : undefined;
  return parsed?.message ?? text.slice(0, 500);
}
