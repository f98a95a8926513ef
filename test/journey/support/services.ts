import { fileURLToPath } from 'node:url';
import type { ContainerKey } from '../../../src/core/workload.ts';
import { type PlayedUsage, playedUsage } from '../../../src/simulate/played-usage.ts';
import { type Recording, readRecordings } from '../../../src/simulate/recording.ts';
import type { ReplayPod, ReplayUsage } from '../../support/replay-world.ts';

/** A Deployment with a history, and what one of its pods uses. */
export interface Service {
  readonly key: ContainerKey;
  readonly played: PlayedUsage;
}

const recordings = fileURLToPath(new URL('../../../data/recorded-scaled', import.meta.url));

/** The recorded CPU that ships. */
export function shippedRecordings(): Promise<Recording[]> {
  return readRecordings(recordings, 'cpuMillicores');
}

/** A service of the namespace `shop` that takes the course of a recording. */
export function serviceOf(name: string, recording: Recording, playedFromSeconds: number, cores: number): Service {
  const scale = { idleShare: 0.1, highMillicores: 1000 * cores, memoryBytes: 2 ** 30 };
  return {
    key: { namespace: 'shop', kind: 'Deployment', name, container: 'app' },
    played: playedUsage({ recording, playedFromSeconds, shiftSeconds: 0, ...scale }),
  };
}

/** A pod of it as it ran before: of a ReplicaSet whose hash is not that of any pod to come. */
export function formerPod({ key, played }: Service, node: string): ReplayPod {
  return {
    namespace: key.namespace,
    name: `${key.name}-5d4f8c7b9d-former`,
    owner: { kind: 'ReplicaSet', name: `${key.name}-5d4f8c7b9d` },
    topOwner: { kind: key.kind, name: key.name },
    container: key.container,
    node,
    usage: (timeSeconds) => usageAt(played, timeSeconds),
  };
}

export function usageAt({ usage }: PlayedUsage, timeSeconds: number): ReplayUsage {
  const { cpu, memory } = usage(timeSeconds);
  return { cpuMillicores: cpu, memoryBytes: Math.round(memory) };
}
