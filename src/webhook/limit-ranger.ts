import { type Resource, resources } from '../core/resource.ts';

const annotation = 'kubernetes.io/limit-ranger';

export interface Defaulted {
  readonly requests: ReadonlySet<Resource>;
  readonly limits: ReadonlySet<Resource>;
}

const nothing: Defaulted = { requests: new Set(), limits: new Set() };

/**
 * What the LimitRanger admission plugin filled in, by container, read from the annotation that it leaves:
 * `LimitRanger plugin set: cpu, memory request for container app; memory limit for container app`.
 */
export function defaultedByLimitRanger(
  annotations: Readonly<Record<string, string>>,
): (container: string) => Defaulted {
  const text = annotations[annotation];
  if (text === undefined) return () => nothing;
  const byContainer = new Map<string, { requests: Set<Resource>; limits: Set<Resource> }>();
  for (const part of text.replace(/^LimitRanger plugin set:\s*/, '').split(';')) {
    const match = /^\s*(.+?) (request|limit) for (?:init )?container (\S+)\s*$/.exec(part);
    if (match === null) continue;
    const [, list = '', kind, container = ''] = match;
    const held = byContainer.get(container) ?? { requests: new Set<Resource>(), limits: new Set<Resource>() };
    for (const name of list.split(',')) {
      const resource = resources.find((known) => known === name.trim());
      if (resource !== undefined) held[kind === 'request' ? 'requests' : 'limits'].add(resource);
    }
    byContainer.set(container, held);
  }
  return (container) => byContainer.get(container) ?? nothing;
}
