import type { ContainerDecision, Decision } from '../core/decision.ts';
import type { Outlook } from '../core/outlook.ts';
import type { WorkloadKey } from '../core/workload.ts';
import { staticCounterfactual } from './counterfactual.ts';
import type { Effective } from './effective.ts';
import type { SizedContainer } from './sized-container.ts';
import type { Moment } from './world.ts';

export interface Decided {
  readonly workload: WorkloadKey;
  readonly effective: Effective;
  readonly sized: readonly SizedContainer[];
  readonly warnings: readonly string[];
  readonly outlook: Outlook | undefined;
}

/** The whole of a decision, as the knowledge base keeps it. */
export function decisionRecord({ workload, effective, sized, warnings, outlook }: Decided, moment: Moment): Decision {
  return {
    id: moment.id,
    time: new Date(moment.nowSeconds * 1000).toISOString(),
    mode: effective.mode,
    workload,
    containers: sized.map((container) => container.standing ?? containerRecord(container, effective, outlook)),
    warnings,
    placement: null,
    counterfactual: { static: staticCounterfactual(sized) },
    outlookVersion: outlook?.version ?? 0,
  };
}

function containerRecord(
  { name, before, after, forecast, reason }: SizedContainer,
  { objective }: Effective,
  outlook: Outlook | undefined,
): ContainerDecision {
  const { cpuExceeded, memoryExceeded } = objective;
  const record = { name, before, after, objective: { cpuExceeded, memoryExceeded }, reason };
  if (forecast === undefined) return record;
  const { cpu, memory, fromSeconds, toSeconds, samples } = forecast;
  const levels = (risks: Float64Array): number[] => Array.from(risks, (risk) => 1 - risk).reverse();
  return {
    ...record,
    forecast: {
      levels: { cpu: levels(cpu.risks), memory: levels(memory.risks) },
      values: { cpu: [...cpu.values].reverse(), memory: [...memory.values].reverse() },
      horizonSeconds: (outlook?.steps ?? 0) * (outlook?.stepSeconds ?? 0),
    },
    model: { cpu: cpu.model, memory: memory.model },
    data: { from: timeText(fromSeconds), to: timeText(toSeconds), samples },
  };
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
