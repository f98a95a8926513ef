import type { OwnerReference } from '../core/workload.ts';

/** An owner reference of a pod, with what an Event on it needs. */
export interface PodOwner extends OwnerReference {
  readonly apiVersion?: string | undefined;
  readonly uid?: string | undefined;
}

/** What admission reads of a pod. Made by readPod from a body that nobody has checked. */
export interface AdmittedPod {
  readonly namespace: string;
  readonly name: string | undefined;
  readonly generateName: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether metadata.annotations is there at all: a patch must make it first where it is not. */
  readonly hasAnnotations: boolean;
  readonly owners: readonly PodOwner[];
  readonly operatingSystem: 'linux' | 'windows';
  readonly hasPodLevelResources: boolean;
  /** What a RuntimeClass adds to the pod (spec.overhead): quotas and the scheduler count it. */
  readonly overhead: Readonly<Record<string, string>>;
  /** As written, or filled in by the API server. */
  readonly schedulerName: string | undefined;
  /** Whether its time is limited (spec.activeDeadlineSeconds). */
  readonly hasDeadline: boolean;
  readonly priorityClass: string | undefined;
  /** Whether it names its node itself. */
  readonly isBound: boolean;
  readonly containers: readonly AdmittedContainer[];
}

export interface AdmittedContainer {
  readonly name: string;
  /** JSON pointer of the container: `/spec/containers/0` or `/spec/initContainers/1`. */
  readonly pointer: string;
  /** Ordinary containers and sidecars (restartable init containers) are sized, plain init containers only read. */
  readonly role: 'container' | 'sidecar' | 'init';
  /** As written; undefined where the key is missing. */
  readonly requests: Readonly<Record<string, string>> | undefined;
  readonly limits: Readonly<Record<string, string>> | undefined;
  readonly hasResources: boolean;
}

/** Reads a pod from an AdmissionReview's object; undefined when its shape is not that of a pod. */
export function readPod(object: unknown, namespace: string): AdmittedPod | undefined {
  if (!isObject(object) || !isObject(object.metadata) || !isObject(object.spec)) return undefined;
  const { metadata, spec } = object;
  const containers = readContainers(spec.containers, '/spec/containers', false);
  const inits = spec.initContainers == null ? [] : readContainers(spec.initContainers, '/spec/initContainers', true);
  if (containers === undefined || inits === undefined || containers.length === 0) return undefined;
  return {
    namespace,
    name: text(metadata.name),
    generateName: text(metadata.generateName),
    labels: texts(metadata.labels) ?? {},
    annotations: texts(metadata.annotations) ?? {},
    hasAnnotations: isObject(metadata.annotations),
    owners: readOwners(metadata.ownerReferences),
    operatingSystem: readOperatingSystem(spec),
    hasPodLevelResources: isObject(spec.resources) && Object.keys(spec.resources).length > 0,
    overhead: texts(spec.overhead) ?? {},
    schedulerName: text(spec.schedulerName),
    hasDeadline: typeof spec.activeDeadlineSeconds === 'number' && spec.activeDeadlineSeconds >= 0,
    priorityClass: text(spec.priorityClassName),
    isBound: text(spec.nodeName) !== undefined,
    containers: [...containers, ...inits],
  };
}

function readContainers(list: unknown, pointer: string, isInit: boolean): AdmittedContainer[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const read: AdmittedContainer[] = [];
  for (const [index, item] of list.entries()) {
    if (!isObject(item) || typeof item.name !== 'string') return undefined;
    const resources = isObject(item.resources) ? item.resources : undefined;
    read.push({
      name: item.name,
      pointer: `${pointer}/${index}`,
      role: isInit ? (item.restartPolicy === 'Always' ? 'sidecar' : 'init') : 'container',
      requests: texts(resources?.requests, '0'),
      limits: texts(resources?.limits, '0'),
      hasResources: resources !== undefined,
    });
  }
  return read;
}

function readOwners(list: unknown): PodOwner[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((owner) =>
    typeof owner.kind === 'string' && typeof owner.name === 'string'
      ? [
          {
            kind: owner.kind,
            name: owner.name,
            controller: owner.controller === true,
            apiVersion: text(owner.apiVersion),
            uid: text(owner.uid),
          },
        ]
      : [],
  );
}

function readOperatingSystem(spec: Record<string, unknown>): 'linux' | 'windows' {
  const named = isObject(spec.os) ? spec.os.name : undefined;
  const selected = texts(spec.nodeSelector)?.['kubernetes.io/os'];
  return named === 'windows' || selected === 'windows' ? 'windows' : 'linux';
}

/** A map of texts; numbers are taken as Kubernetes takes them in quantities, and null as what its decoder makes of it. */
function texts(value: unknown, ofNull = ''): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const read: Record<string, string> = {};
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') read[key] = item;
    else if (typeof item === 'number') read[key] = String(item);
    else if (item === null) read[key] = ofNull;
  }
  return read;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
