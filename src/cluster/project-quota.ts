import { amountOf } from './amounts.ts';
import { type Fields, fieldsOf, textOf } from './fields.ts';
import type { QuotaView } from './view.ts';

// `cpu` and `memory` are older names of the requests.
const keys = [
  { key: 'requests.cpu', names: ['requests.cpu', 'cpu'], resource: 'cpu' },
  { key: 'requests.memory', names: ['requests.memory', 'memory'], resource: 'memory' },
  { key: 'limits.cpu', names: ['limits.cpu'], resource: 'cpu' },
  { key: 'limits.memory', names: ['limits.memory'], resource: 'memory' },
] as const;

/**
 * A ResourceQuota of v1: hard less used of its status, which is what the API server's own check reads. Negative where the quota was lowered below
 * what is used. Before the status is written, what the spec says with nothing used. Scopes are not judged: every quota is taken to apply.
 */
export function projectQuota(object: unknown): QuotaView {
  const { metadata, spec, status } = fieldsOf(object);
  const hard = fieldsOf(fieldsOf(status).hard ?? fieldsOf(spec).hard);
  const used = fieldsOf(fieldsOf(status).used);
  const headroom: { -readonly [key in keyof QuotaView['headroom']]: number } = {};
  for (const { key, names, resource } of keys) {
    const left = names.flatMap((name) => {
      const most = amountOf(hard[name], resource);
      return most === undefined ? [] : [most - (amountOf(used[name], resource) ?? 0)];
    });
    if (left.length > 0) headroom[key] = Math.min(...left);
  }
  const { name, resourceVersion } = fieldsOf(metadata);
  const storage = storageOf(hard, used);
  const own = { name: textOf(name) ?? '', headroom, resourceVersion: textOf(resourceVersion) ?? '' };
  return storage === undefined ? own : { ...own, storage };
}

// Of the whole namespace, or of one class: `fast.storageclass.storage.k8s.io/requests.storage`.
const storageKey = /(?:^|\/)(?:requests\.storage|persistentvolumeclaims)$/;

/** What is left of bytes and of claims, by the quota's own keys; undefined where it counts neither. */
function storageOf(hard: Fields, used: Fields): Readonly<Record<string, number>> | undefined {
  const left = Object.keys(hard)
    .filter((key) => storageKey.test(key))
    .flatMap((key) => {
      const most = amountOf(hard[key], 'memory');
      return most === undefined ? [] : [[key, most - (amountOf(used[key], 'memory') ?? 0)] as const];
    });
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
