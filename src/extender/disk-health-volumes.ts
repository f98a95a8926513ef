import { fieldsOf, itemsOf, textOf } from '../cluster/fields.ts';
import type { StorageClassView, StorageView, VolumeView } from '../cluster/storage-view.ts';

/** A volume of a pod whose bytes are on the machine that the pod runs on. */
export type LocalVolume =
  /** To be made where the pod goes, on whichever of its disks. */
  { readonly kind: 'new' } | { readonly kind: 'bound'; readonly volume: VolumeView };

/** On a class: "true" where its volumes are on the machine of their pod, "false" where they are not, whatever its provisioner. */
export const localLabel = 'barograph.dev/local';

/** Provisioners and drivers whose volumes are on one machine. */
const localProvisioners: ReadonlySet<string> = new Set([
  'kubernetes.io/no-provisioner',
  'rancher.io/local-path',
  'topolvm.io',
  'topolvm.cybozu.com',
  'local.csi.openebs.io',
  'zfs.csi.openebs.io',
  'openebs.io/local',
  'lvm.csi.metal-stack.io',
  'lvm.hwameistor.io',
  'directpv-min-io',
  'carina.storage.io',
  'hostpath.csi.k8s.io',
  'kubevirt.io.hostpath-provisioner',
  'microk8s.io/hostpath',
  'k8s.io/minikube-hostpath',
]);

const none: readonly LocalVolume[] = [];

/**
 * The volumes of a pod that put data on disks of its node: claims that are bound to volumes of one machine, claims of such classes that are bound once
 * the node is chosen, and new volumes of the pod's own. Scratch space (emptyDir) and paths of the host are none: nothing there is to last.
 */
export function localVolumesOf(pod: unknown, storage: StorageView): readonly LocalVolume[] {
  const { metadata, spec } = fieldsOf(pod);
  const volumes = itemsOf(fieldsOf(spec).volumes);
  if (volumes.length === 0) return none;
  const { namespace, name } = fieldsOf(metadata);
  const of = { namespace: textOf(namespace) ?? 'default', name: textOf(name) ?? '' };
  return volumes.flatMap((volume) => localVolume(fieldsOf(volume), of, storage) ?? none);
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

function localVolume(
  { name, persistentVolumeClaim, ephemeral, csi }: Readonly<Record<string, unknown>>,
  pod: PodName,
  storage: StorageView,
): LocalVolume | undefined {
  const claimName = textOf(fieldsOf(persistentVolumeClaim).claimName);
  if (claimName !== undefined) return ofClaim(pod.namespace, claimName, storage);
  const template = fieldsOf(fieldsOf(ephemeral).volumeClaimTemplate).spec;
  if (template !== undefined) {
    const className = fieldsOf(template).storageClassName;
    const made = storage.claim(pod.namespace, `${pod.name}-${textOf(name) ?? ''}`);
    if (made !== undefined) return ofClaim(made.namespace, made.name, storage);
    return ofClass(storage.storageClass(typeof className === 'string' ? className : undefined));
  }
  const driver = textOf(fieldsOf(csi).driver);
  return driver !== undefined && localProvisioners.has(driver) ? { kind: 'new' } : undefined;
}

function ofClaim(namespace: string, name: string, storage: StorageView): LocalVolume | undefined {
  const claim = storage.claim(namespace, name);
  if (claim === undefined) return undefined;
  if (claim.volume === undefined) return ofClass(storage.storageClass(claim.storageClass));
  const volume = storage.volume(claim.volume);
  return volume !== undefined && isOnOneMachine(volume, storage) ? { kind: 'bound', volume } : undefined;
}

/** A class that binds at once has no volume yet where the scheduler already asks: nothing can be said. */
function ofClass(storageClass: StorageClassView | undefined): LocalVolume | undefined {
  return storageClass?.bindsLate === true && isLocalClass(storageClass) ? { kind: 'new' } : undefined;
}

function isLocalClass({ labels, provisioner }: StorageClassView): boolean {
  const said = labels[localLabel];
  return said === undefined ? localProvisioners.has(provisioner) : said === 'true';
}

function isOnOneMachine({ place, nodes, storageClass }: VolumeView, storage: StorageView): boolean {
  // Without an affinity the volume follows the pod: it is the same on every node, or nobody knows where it is.
  if (nodes === undefined) return false;
  if (place.kind === 'local' || place.kind === 'host-path') return true;
  const ofStorageClass = storageClass === undefined ? undefined : storage.storageClass(storageClass);
  if (ofStorageClass !== undefined) return isLocalClass(ofStorageClass);
  return place.kind === 'csi' && localProvisioners.has(place.driver);
}
