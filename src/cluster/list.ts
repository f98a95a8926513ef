import { BarographError } from '../core/errors.ts';
import { type Connection, readBody } from './connection.ts';
import { fieldsOf, itemsOf, textOf } from './fields.ts';
import { objectKey } from './object-key.ts';

/** What is asked for of the API server. */
export interface KindRequest {
  /** `/api/v1/pods` */
  readonly path: string;
  /** More of the query: `fieldSelector=…`, encoded. */
  readonly query?: string;
  /** Metadata alone, where the rest of an object is of no use. */
  readonly metadataOnly?: boolean;
}

export type Listed<T> =
  | { readonly kind: 'listed'; readonly items: Map<string, T>; readonly version: string }
  | { readonly kind: 'absent'; readonly status: number; readonly body: string };

const pageSize = 1000;
const pageIdleSeconds = 60;

/** All objects of a kind, page by page, each asked for while the one before is read; of each page only what `project` keeps stays in memory. Absent when the kind is not served (404) or forbidden (403). */
export async function listAll<T>(
  request: KindRequest,
  connection: Connection,
  signal: AbortSignal,
  project: (object: unknown) => T | undefined,
): Promise<Listed<T>> {
  const items = new Map<string, T>();
  let more: string | undefined = '';
  let version = '';
  let coming: Coming | undefined;
  while (more !== undefined) {
    const { status, body }: Page = await (coming?.more === more
      ? coming.page
      : page(request, connection, signal, more));
    coming = undefined;
    if (status === 404 || status === 403) return { kind: 'absent', status, body };
    // A list that takes longer than etcd keeps versions (five minutes) loses its place.
    if (status === 410 && more !== '') {
      items.clear();
      more = '';
      continue;
    }
    if (status !== 200) throw refusal(request.path, status, body);
    coming = comingAfter(body, (next) => page(request, connection, signal, next));
    const { resourceVersion, more: next }: Taken = take(body, items, project);
    version = resourceVersion ?? version;
    more = next;
  }
  return { kind: 'listed', items, version };
}

interface Taken {
  readonly resourceVersion: string | undefined;
  readonly more: string | undefined;
}

/** Puts what is kept of a page into `items`. */
function take<T>(body: string, items: Map<string, T>, project: (object: unknown) => T | undefined): Taken {
  const { metadata, items: objects } = fieldsOf(JSON.parse(body));
  for (const object of itemsOf(objects)) {
    const kept = project(object);
    if (kept !== undefined) items.set(objectKey(object), kept);
  }
  const { resourceVersion, continue: more } = fieldsOf(metadata);
  return { resourceVersion: textOf(resourceVersion), more: textOf(more) };
}

interface Page {
  readonly status: number;
  readonly body: string;
}

interface Coming {
  readonly more: string;
  readonly page: Promise<Page>;
}

// Metadata stands before the items, in which there are lists.
const continued = /^\{[^[]{0,2000}?"continue":"([^"\\]+)"/;

/** Asks for the page after one that is not parsed yet, so that the API server makes it meanwhile. */
function comingAfter(body: string, ask: (more: string) => Promise<Page>): Coming | undefined {
  const more = continued.exec(body)?.[1];
  if (more === undefined) return undefined;
  const next = ask(more);
  // Nobody may come to wait for it.
  next.catch(() => undefined);
  return { more, page: next };
}

/** What an answer other than 200 says, as an error. */
export function refusal(path: string, status: number, body: string): BarographError {
  return new BarographError('CLUSTER_UNREACHABLE', `GET ${path} answered ${status}: ${body.slice(0, 300)}`);
}

/** The media types to ask for: `List` for a list, '' for a watch. */
export function acceptOf(request: KindRequest, suffix: 'List' | ''): string {
  const json = 'application/json';
  return request.metadataOnly ? `${json};as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1,${json}` : json;
}

async function page(request: KindRequest, connection: Connection, signal: AbortSignal, more: string): Promise<Page> {
  const query = [`limit=${pageSize}`, request.query, more && `continue=${encodeURIComponent(more)}`];
  const response = await connection.get({
    path: `${request.path}?${query.filter(Boolean).join('&')}`,
    accept: acceptOf(request, 'List'),
    signal,
    idleSeconds: pageIdleSeconds,
  });
  return { status: response.statusCode ?? 0, body: await readBody(response) };
}
