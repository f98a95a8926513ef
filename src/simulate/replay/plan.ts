import { ownPolicy } from '../own-policy.ts';
import { policyNamed } from '../policies.ts';
import type { ReplayRules } from './rules.ts';

/** Whose advice is replayed. */
export type Contender =
  | { readonly kind: 'policy'; readonly name: string }
  | { readonly kind: 'clairvoyant'; readonly hours: number }
  | { readonly kind: 'command'; readonly command: string };

/** One replay of a plan. */
export interface Bout {
  readonly contender: Contender;
  readonly rules: ReplayRules;
  /** What it is called in tables, where its own name is not enough. */
  readonly label?: string;
}

export function nameOf({ contender, label }: Bout): string {
  if (label !== undefined) return label;
  if (contender.kind === 'policy') return contender.name;
  return contender.kind === 'clairvoyant' ? `clairvoyant-${contender.hours}h` : contender.command;
}

/** About how long one takes compared to others: measured on 1,000 containers (see bench/replay.ts); for time estimates and for their order. */
export function weightOf({ contender }: Bout): number {
  if (contender.kind === 'clairvoyant') return 0.5;
  if (contender.kind === 'command') return 20;
  return contender.name === ownPolicy.name ? 20 : 2;
}

/** Whether a replay may be split by containers. */
export function isIndependent({ contender }: Bout): boolean {
  if (contender.kind === 'command') return false;
  return contender.kind === 'clairvoyant' || policyNamed(contender.name).isIndependent;
}
