import { createHash } from 'node:crypto';

const longestName = 200;

/**
 * A name of a Kubernetes object from the parts of a subject: the same for the same parts. Lower case letters, digits and dashes; what had to be changed for
 * that is told apart by a hash.
 */
export function planId(...parts: readonly string[]): string {
  const text = parts.filter((part) => part !== '').join('-');
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestName);
  if (plain === text) return plain;
  return `${plain || 'x'}-${createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8)}`;
}

/** Enough of an fsid to tell clusters apart. */
export function clusterPart(cluster: string): string {
  return cluster.slice(0, 8);
}
