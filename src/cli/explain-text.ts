import type { ContainerDecision, Decision } from '../core/decision.ts';
import { type Resource, resources } from '../core/resource.ts';
import { explainClaimText } from './explain-claim-text.ts';
import { shownQuantity } from './quantities.ts';
import { percent, renderTable } from './table.ts';

/** A decision in words and tables. */
export function explainText(decision: Decision): string {
  if (decision.claim !== undefined) return explainClaimText(decision, decision.claim);
  const { workload, mode } = decision;
  const subject = workload === null ? 'a pod' : `${workload.kind} ${workload.namespace}/${workload.name}`;
  const parts = [
    `Decision ${decision.id} about a pod of ${subject}, ${decision.time}, Outlook ${decision.outlookVersion}.`,
    mode === 'enforce'
      ? 'Mode enforce: the pod was changed.'
      : 'Mode observe: the pod was not changed; this is what enforce would have done.',
    '',
    sizes(decision.containers),
    ...decision.containers.flatMap((container) => ['', forecastText(container)]),
    '',
    placementText(decision),
    '',
    counterfactualText(decision),
    ...decision.warnings.map((warning) => `Warning: ${warning}`),
  ];
  return parts.join('\n');
}

function sizes(containers: readonly ContainerDecision[]): string {
  const rows = containers.flatMap((container) =>
    resources.map((resource) => [
      container.name,
      resource,
      change(container, 'requests', resource),
      change(container, 'limits', resource),
      container.reason[resource],
    ]),
  );
  return renderTable(['container', 'resource', 'request', 'limit', 'why'], rows);
}

function change(container: ContainerDecision, part: 'requests' | 'limits', resource: Resource): string {
  const before = shownQuantity(container.before[part][resource], resource);
  const after = shownQuantity(container.after[part][resource], resource);
  return before === after ? `${after} kept` : `${before} → ${after}`;
}

function forecastText({ name, forecast, data, objective }: ContainerDecision): string {
  if (forecast === undefined || data === undefined) return `${name}: no forecast, unchanged.`;
  const rows = resources.flatMap((resource) => {
    const { [resource]: levels } = forecast.levels;
    const values = forecast.values[resource];
    const risk = resource === 'cpu' ? objective.cpuExceeded : objective.memoryExceeded;
    return levels.map((level, i) => [
      resource,
      percent(1 - level),
      shownQuantity(values[i], resource),
      Math.abs(1 - level - risk) < 1e-9 ? '← the objective' : '',
    ]);
  });
  const hours = Math.round((forecast.horizonSeconds / 3600) * 10) / 10;
  return [
    `${name}: forecast for ${hours} h from ${data.samples} samples, ${data.from} to ${data.to}`,
    renderTable(['resource', 'exceeded', 'demand', ''], rows),
  ].join('\n');
}

function placementText({ placement }: Decision): string {
  if (placement === null) return 'Placement: not seen (yet), or not through the extender.';
  return `Placement: node ${placement.node}, score ${placement.score} of 10: ${placement.reason}`;
}

function counterfactualText({ counterfactual }: Decision): string {
  const { static: asWritten } = counterfactual;
  if (asWritten === null) return 'Otherwise: nothing is known of what the pod as written would have met.';
  return resources
    .map((resource) => {
      const [slack, exceeded] = [asWritten.slack[resource], asWritten.exceeded[resource]];
      if (slack === null && exceeded === null) return `Otherwise: ${resource} was not written on the pod.`;
      const unit = resource === 'cpu' ? '5-minute windows' : 'container-days';
      return `Otherwise: ${resource} as written would leave ${percent(slack)} unused and be exceeded in ${percent(exceeded)} of ${unit}.`;
    })
    .join('\n');
}
