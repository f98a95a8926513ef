import type { ClusterView } from './view.ts';

/** A cluster of which nothing is known: for trials without one, where pods bring all that matters in their own annotations. */
export const emptyView: ClusterView = {
  synced: true,
  namespace: () => undefined,
  limitRanges: () => [],
  quotas: () => [],
  autoscalers: () => ({ hpa: [], vpa: [] }),
  owners: () => undefined,
  node: () => undefined,
  nodes: () => [],
  largestNode: () => undefined,
  pods: () => [],
  onPodChange: () => undefined,
};
