import { BarographError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { ownPolicy } from './own-policy.ts';
import { autopilotPeer } from './peers/autopilot.ts';
import { koordinatorPeer } from './peers/koordinator.ts';
import { krrFloorsPeer, krrPeer } from './peers/krr.ts';
import { seasonalPeer } from './peers/seasonal.ts';
import { staticPeer } from './peers/static.ts';
import { unchangedPeer } from './peers/unchanged.ts';
import { vpaPeer } from './peers/vpa.ts';
import type { PolicyKind } from './policy.ts';

/** Every policy that needs no program and no future. */
export const policyKinds: readonly PolicyKind[] = [
  ownPolicy,
  vpaPeer,
  krrPeer,
  krrFloorsPeer,
  koordinatorPeer,
  autopilotPeer,
  staticPeer,
  seasonalPeer,
  unchangedPeer,
];

/** A policy by its name. Throws USAGE_WRONG with the nearest known one. */
export function policyNamed(name: string): PolicyKind {
  const found = policyKinds.find((kind) => kind.name === name);
  if (found !== undefined) return found;
  const names = policyKinds.map((kind) => kind.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `known are ${names.join(', ')}` : `did you mean '${near}'?`;
  throw new BarographError('USAGE_WRONG', `there is no policy '${name}'; ${hint}`);
}
