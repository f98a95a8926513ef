import { type ContainerKey, containerId, parseContainerId } from '../core/workload.ts';

/** What the series of a trace can be about. */
export type TraceSeries =
  | { readonly kind: 'container'; readonly key: ContainerKey; readonly pod: string; readonly node: string | undefined }
  | { readonly kind: 'node'; readonly node: string };

const nodePrefix = 'node:';

/**
 * Reads the name of a series: `namespace/Kind/name/container`, then `@pod` and `@node` where they are known, or `node:NAME`. Without a pod
 * the workload's name stands for it. Undefined when the text is none of these.
 */
export function parseTraceSeries(text: string): TraceSeries | undefined {
  if (text.startsWith(nodePrefix)) {
    const node = text.slice(nodePrefix.length);
    return node === '' || /[/@,]/.test(node) ? undefined : { kind: 'node', node };
  }
  const [id = '', pod, node, ...more] = text.split('@');
  const key = parseContainerId(id);
  if (key === undefined || more.length > 0 || node === '' || (pod === '' && node === undefined)) return undefined;
  return { kind: 'container', key, pod: pod || key.name, node };
}

/** The inverse of parseTraceSeries. */
export function formatTraceSeries(series: TraceSeries): string {
  if (series.kind === 'node') return `${nodePrefix}${series.node}`;
  const { key, pod, node } = series;
  return node === undefined ? `${containerId(key)}@${pod}` : `${containerId(key)}@${pod}@${node}`;
}
