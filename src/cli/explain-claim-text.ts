import type { ClaimClass, ClaimDecision, Decision } from '../core/decision.ts';
import { shownBytes } from '../storage/score/words.ts';
import { renderTable } from './table.ts';

/** A decision about a claim, in words and a table. */
export function explainClaimText(decision: Decision, claim: ClaimDecision): string {
  const { workload, mode } = decision;
  const subject = workload === null ? 'a claim' : `the claim ${workload.namespace}/${workload.name}`;
  const parts = [
    `Decision ${decision.id} about ${subject}, ${decision.time}.`,
    `It asks for ${shownBytes(claim.bytes)} (${claim.accessModes.join(', ')}, ${claim.volumeMode})${objectiveText(claim)}.`,
    modeText(mode, claim),
    '',
    `Why: ${claim.reason}.`,
    '',
    classesTable(claim),
    '',
    otherwiseText(claim),
    ...decision.warnings.map((warning) => `Warning: ${warning}`),
  ];
  return parts.join('\n');
}

function objectiveText({ objective }: ClaimDecision): string {
  const all = [objective.latency, objective.throughput].filter((text) => text !== undefined);
  return all.length === 0 ? '' : ` with ${all.join(' and ')}`;
}

function modeText(mode: Decision['mode'], { before, after }: ClaimDecision): string {
  const [from, to] = [before ?? 'no class', after ?? 'no class'];
  if (from === to) return `It keeps the class ${to}.`;
  return mode === 'enforce'
    ? `Mode enforce: its class was changed from ${from} to ${to}.`
    : `Mode observe: it keeps ${from}; enforce would have given it ${to}.`;
}

function classesTable({ classes }: ClaimDecision): string {
  const rows = classes.map((one) => [
    one.name,
    one.pools.map((pool) => pool.slice(pool.indexOf('/') + 1)).join(', '),
    one.score === null ? 'refused' : String(one.score),
    String(one.recentClaims),
    whyOf(one),
  ]);
  return renderTable(['class', 'pools', 'score', 'recent claims', 'why'], rows);
}

function whyOf({ candidate, refused, parts }: ClaimClass): string {
  const why = refused.length > 0 ? refused.map(({ text }) => text) : parts.map(({ part, text }) => `${part}: ${text}`);
  return [...(candidate ? [] : ['not a candidate']), ...why].join('; ');
}

function otherwiseText({ before, after, classes }: ClaimDecision): string {
  if (before === null) return 'Otherwise: it would have had no class.';
  const own = classes.find(({ name }) => name === before);
  if (own === undefined) return `Otherwise: it would have had the class ${before}, of which nothing is known.`;
  if (before === after) return `Otherwise: nothing else, it came with the class ${before}.`;
  if (own.score !== null) return `Otherwise: it would have had the class ${before}, which scores ${own.score} of 10.`;
  return `Otherwise: it would have had the class ${before}: ${own.refused[0]?.text ?? 'nothing is known of it'}.`;
}
