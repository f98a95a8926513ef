import { parseQuantity } from '../../core/quantity.ts';
import { isObject } from '../pod.ts';

export const storageClassAnnotation = 'barograph.dev/storage-class';
/** How claims named their class before Kubernetes 1.6; where it is there it counts. */
export const olderClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** What admission reads of a PersistentVolumeClaim. Made by readClaim from a body that nobody has checked. */
export interface AdmittedClaim {
  readonly namespace: string;
  readonly name: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether metadata.annotations is there at all: a patch must make it first where it is not. */
  readonly hasAnnotations: boolean;
  /** As written or filled in by the API server; empty where a volume without a class is wanted. */
  readonly storageClass: string | undefined;
  readonly accessModes: readonly string[];
  readonly volumeMode: 'Filesystem' | 'Block';
  readonly bytes: number;
  /** Why the class cannot be another: the claim names its volume, selects volumes, or is a copy of another. */
  readonly fixedBy: 'volumeName' | 'selector' | 'dataSource' | undefined;
}

/** Reads a claim from an AdmissionReview's object; undefined when its shape is not that of a claim. Throws QUANTITY_INVALID. */
export function readClaim(object: unknown, namespace: string): AdmittedClaim | undefined {
  if (!isObject(object) || !isObject(object.metadata) || !isObject(object.spec)) return undefined;
  const { metadata, spec } = object;
  const requests = isObject(spec.resources) && isObject(spec.resources.requests) ? spec.resources.requests : {};
  const size = requests.storage;
  if (typeof size !== 'string' && typeof size !== 'number') return undefined;
  const annotations = texts(metadata.annotations);
  return {
    namespace,
    name: text(metadata.name),
    annotations,
    hasAnnotations: isObject(metadata.annotations),
    storageClass: classOf(annotations, spec),
    accessModes: Array.isArray(spec.accessModes) ? spec.accessModes.filter((mode) => typeof mode === 'string') : [],
    volumeMode: spec.volumeMode === 'Block' ? 'Block' : 'Filesystem',
    bytes: parseQuantity(String(size), 'memory'),
    fixedBy: fixedBy(spec),
  };
}

function classOf(annotations: Readonly<Record<string, string>>, spec: Record<string, unknown>): string | undefined {
  const older = annotations[olderClassAnnotation];
  if (older !== undefined) return older;
  return typeof spec.storageClassName === 'string' ? spec.storageClassName : undefined;
}

function fixedBy(spec: Record<string, unknown>): AdmittedClaim['fixedBy'] {
  if (text(spec.volumeName) !== undefined) return 'volumeName';
  if (isObject(spec.selector)) return 'selector';
  return isObject(spec.dataSource) || isObject(spec.dataSourceRef) ? 'dataSource' : undefined;
}

function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
