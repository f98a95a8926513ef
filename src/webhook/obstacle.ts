import type { UnchangedReason } from '../core/decision.ts';
import { isFresh } from '../core/outlook.ts';
import type { Effective } from './effective.ts';
import type { AdmittedPod } from './pod.ts';
import type { World } from './world.ts';

export interface Obstacle {
  readonly reason: UnchangedReason;
  readonly warnings: readonly string[];
}

/** Why nothing is decided on a pod, before anything is computed; undefined when nothing stands in the way. */
export function obstacleTo(
  pod: AdmittedPod,
  effective: Effective,
  world: World,
  nowSeconds: number,
): Obstacle | undefined {
  if (!effective.optedIn) return { reason: 'no-objective', warnings: [] };
  return obstacleOfPod(pod) ?? obstacleOfWish(effective) ?? obstacleOfWorld(world, nowSeconds);
}

function obstacleOfPod(pod: AdmittedPod): Obstacle | undefined {
  // What a kubelet runs from its own files is only shown here: nobody can change it.
  if (isMirror(pod)) return { reason: 'pod-not-supported', warnings: [] };
  if (pod.operatingSystem === 'windows') {
    return { reason: 'pod-not-supported', warnings: ['Windows pods are left unchanged'] };
  }
  if (!pod.hasPodLevelResources) return undefined;
  return { reason: 'pod-level-resources', warnings: ['the pod has resources of its own (spec.resources); unchanged'] };
}

function obstacleOfWish({ errors, mode }: Effective): Obstacle | undefined {
  if (errors.length > 0) return { reason: 'unreadable', warnings: errors };
  return mode === 'off' ? { reason: 'mode-off', warnings: [] } : undefined;
}

function obstacleOfWorld(world: World, nowSeconds: number): Obstacle | undefined {
  if (!world.view.synced) return { reason: 'not-synced', warnings: ['the cluster is not read yet; unchanged'] };
  if (isFresh(world.outlook, nowSeconds, world.maxOutlookAgeSeconds)) return undefined;
  const what = world.outlook === undefined ? 'there is no Outlook yet' : 'the Outlook is too old to act on';
  return { reason: 'outlook-stale', warnings: [`${what}; unchanged`] };
}

function isMirror({ annotations }: AdmittedPod): boolean {
  const source = annotations['kubernetes.io/config.source'];
  return annotations['kubernetes.io/config.mirror'] !== undefined || (source !== undefined && source !== 'api');
}
