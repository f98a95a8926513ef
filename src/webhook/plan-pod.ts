import type { Decision } from '../core/decision.ts';
import type { WorkloadKey } from '../core/workload.ts';
import { capsOn } from './caps.ts';
import type { Effective } from './effective.ts';
import { fitSums } from './fit.ts';
import { guard } from './guard.ts';
import type { Plan } from './plan.ts';
import type { AdmittedPod } from './pod.ts';
import { keepQosClass } from './qos.ts';
import { quotasOn } from './quota-scopes.ts';
import { sizeContainers } from './size.ts';
import type { World } from './world.ts';
import type { Written } from './written.ts';

export interface PlanInput {
  readonly pod: AdmittedPod;
  readonly written: Written;
  readonly workload: WorkloadKey;
  readonly effective: Effective;
  readonly world: World;
  readonly decisionId: string;
  readonly previous: Decision | undefined;
}

/** What every container shall have: each by its own forecast, then the pod's sums made to fit, its QoS class kept, and all checked once more. */
export function planPod({ pod, written, workload, effective, world, decisionId, previous }: PlanInput): Plan {
  const { view, quotas: ledger } = world;
  const { namespace } = pod;
  const limitRanges = view.limitRanges(namespace);
  const quotas = quotasOn(pod, view.quotas(namespace));
  const largestNode = view.largestNode(pod.operatingSystem);
  const { overhead } = written;
  const caps = capsOn({ namespace, limitRanges, quotas, largestNode, ledger, overhead, decisionId });
  const sized = sizeContainers({
    pod,
    written,
    workload,
    objective: effective.objective,
    isByDefault: effective.isByDefault,
    bounds: effective.bounds,
    autoscalers: view.autoscalers(workload),
    limitRanges,
    forecasts: world.forecasts,
    previous,
  });
  return guard(keepQosClass(fitSums({ pod, written, sized }, caps, limitRanges)), { caps, limitRanges, quotas });
}
