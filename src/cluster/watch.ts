import { type Connection, readBody } from './connection.ts';
import { fieldsOf, textOf } from './fields.ts';
import { jsonLines } from './json-lines.ts';
import { acceptOf, type KindRequest, refusal } from './list.ts';

export interface WatchRequest extends KindRequest {
  readonly connection: Connection;
  readonly random: () => number;
}

/** `closed`: the server ended it, go on from the last version. `expired`: that version cannot be watched from, list again. */
export type WatchEnd = { readonly kind: 'closed' } | { readonly kind: 'expired'; readonly reason: string };

// Spread over five minutes, so that thousands of watches do not come back in one second.
const shortestSeconds = 300;
const spreadSeconds = 300;
// The API server sends a bookmark about every minute: twice that in silence is a dead connection.
const idleSeconds = 150;

/** One watch from a version on, until the server ends it. Rejects with what broke it; `onEvent` was called for all that came before. */
export async function watchOnce(
  request: WatchRequest,
  version: string,
  signal: AbortSignal,
  onEvent: (type: string, object: unknown) => void,
): Promise<WatchEnd> {
  const timeoutSeconds = Math.round(shortestSeconds + request.random() * spreadSeconds);
  const query = ['watch=true', 'allowWatchBookmarks=true', `timeoutSeconds=${timeoutSeconds}`, request.query];
  const path = `${request.path}?${query.filter(Boolean).join('&')}&resourceVersion=${encodeURIComponent(version)}`;
  const response = await request.connection.get({ path, accept: acceptOf(request, ''), signal, idleSeconds });
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    const body = await readBody(response);
    if (mustList(status)) return { kind: 'expired', reason: `answer ${status}` };
    throw refusal(request.path, status, body);
  }
  for await (const line of jsonLines(response)) {
    const { type, object } = fieldsOf(line);
    if (type === 'ERROR') return afterError(request.path, object);
    onEvent(textOf(type) ?? '', object);
  }
  return { kind: 'closed' };
}

function afterError(path: string, object: unknown): WatchEnd {
  const { code, message } = fieldsOf(object);
  if (code === 410) return { kind: 'expired', reason: textOf(message) ?? 'error 410' };
  throw refusal(path, typeof code === 'number' ? code : 0, textOf(message) ?? JSON.stringify(object ?? null));
}

// 404: the kind itself is gone, its CustomResourceDefinition was deleted; the list finds out.
function mustList(status: number): boolean {
  return status === 410 || status === 404;
}
