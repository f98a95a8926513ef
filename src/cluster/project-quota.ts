import { amountOf } from './amounts.ts';
import { type Fields, fieldsOf, textOf } from './fields.ts';
import type { QuotaScope, QuotaView } from './view.ts';

// `cpu` and `memory` are older names of the requests.
const keys = [
  { key: 'requests.cpu', names: ['requests.cpu', 'cpu'], resource: 'cpu' },
  { key: 'requests.memory', names: ['requests.memory', 'memory'], resource: 'memory' },
  { key: 'limits.cpu', names: ['limits.cpu'], resource: 'cpu' },
  { key: 'limits.memory', names: ['limits.memory'], resource: 'memory' },
] as const;

/**
 * A ResourceQuota of v1: hard less used of its status, which is what the API server's own check reads. Negative where the quota was lowered below
 * what is used. Before the status is written, what the spec says with nothing used.
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
  const scopes = scopesOf(fieldsOf(spec));
  return {
    name: textOf(name) ?? '',
    headroom,
    resourceVersion: textOf(resourceVersion) ?? '',
    ...(storage && { storage }),
    ...(scopes.length > 0 && { scopes }),
  };
}

/** Both ways in which a quota has them: by name alone, or with an operator. */
function scopesOf({ scopes, scopeSelector }: Fields): readonly QuotaScope[] {
  const { matchExpressions } = fieldsOf(scopeSelector);
  const named = listOf(scopes).flatMap((name) => scopeNamed(textOf(name), 'Exists', []));
  const selected = listOf(matchExpressions).flatMap((expression) => {
    const { scopeName, operator, values } = fieldsOf(expression);
    const texts = listOf(values).flatMap((value) => textOf(value) ?? []);
    return scopeNamed(textOf(scopeName), operator, texts);
  });
  return [...named, ...selected];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

function scopeNamed(name: string | undefined, operator: unknown, values: readonly string[]): QuotaScope[] {
  const known = operators.find((one) => one === operator);
  return name === undefined || known === undefined ? [] : [{ name, operator: known, values }];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
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
