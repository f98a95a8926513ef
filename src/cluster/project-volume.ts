import { fieldsOf, textOf } from './fields.ts';
import { nodeTermsOf } from './node-terms.ts';
import type { ClaimView, VolumePlace, VolumeView } from './storage-view.ts';

export const deviceAnnotation = 'barograph.dev/device';

// How claims named their class before Kubernetes 1.6; the API server still takes it.
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** A PersistentVolume of v1. */
export function projectVolume(object: unknown): VolumeView {
  const { metadata, spec } = fieldsOf(object);
  const { name, annotations } = fieldsOf(metadata);
  const { storageClassName, nodeAffinity } = fieldsOf(spec);
  return {
    name: textOf(name) ?? '',
    storageClass: textOf(storageClassName),
    place: placeOf(spec),
    nodes: nodeTermsOf(fieldsOf(nodeAffinity).required),
    device: textOf(fieldsOf(annotations)[deviceAnnotation]),
  };
}

function placeOf(spec: unknown): VolumePlace {
  const { local, hostPath, csi } = fieldsOf(spec);
  const localPath = textOf(fieldsOf(local).path);
  if (localPath !== undefined) return { kind: 'local', path: localPath };
  const path = textOf(fieldsOf(hostPath).path);
  if (path !== undefined) return { kind: 'host-path', path };
  const { driver, volumeHandle } = fieldsOf(csi);
  const name = textOf(driver);
  return name === undefined ? { kind: 'other' } : { kind: 'csi', driver: name, handle: textOf(volumeHandle) ?? '' };
}

/** A PersistentVolumeClaim of v1. */
export function projectClaim(object: unknown): ClaimView {
  const { metadata, spec } = fieldsOf(object);
  const { namespace, name, annotations } = fieldsOf(metadata);
  const { storageClassName, volumeName } = fieldsOf(spec);
  const ofAnnotation = textOf(fieldsOf(annotations)[classAnnotation]);
  return {
    namespace: textOf(namespace) ?? '',
    name: textOf(name) ?? '',
    storageClass: ofAnnotation ?? (typeof storageClassName === 'string' ? storageClassName : undefined),
    volume: textOf(volumeName),
  };
}
