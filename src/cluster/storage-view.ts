import type { NodeTerms } from './node-terms.ts';

/** What placing pods with volumes needs of the cluster's storage, kept by watches, read from memory only. */
export interface StorageView {
  /** Whether claims, volumes and classes were listed once. Until then nothing is said of a pod's volumes. */
  readonly synced: boolean;
  claim(namespace: string, name: string): ClaimView | undefined;
  volume(name: string): VolumeView | undefined;
  /** Undefined names the cluster's default class. */
  storageClass(name: string | undefined): StorageClassView | undefined;
}

export interface ClaimView {
  readonly namespace: string;
  readonly name: string;
  /** Undefined where none is named: the default class. Empty where none is wanted. */
  readonly storageClass: string | undefined;
  /** The volume that it is bound to. */
  readonly volume: string | undefined;
}

/** Where the bytes of a volume are: on a disk or folder of one machine, or behind a driver. */
export type VolumePlace =
  | { readonly kind: 'local' | 'host-path'; readonly path: string }
  | { readonly kind: 'csi'; readonly driver: string; readonly handle: string }
  | { readonly kind: 'other' };

export interface VolumeView {
  readonly name: string;
  readonly storageClass: string | undefined;
  readonly place: VolumePlace;
  /** The nodes that reach it; undefined where all do. */
  readonly nodes: NodeTerms | undefined;
  /** Of the annotation barograph.dev/device: the disk that it is on, by its Linux name or serial number. */
  readonly device: string | undefined;
}

export interface StorageClassView {
  readonly name: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The volume is made when the pod's node is chosen (WaitForFirstConsumer). */
  readonly bindsLate: boolean;
  readonly isDefault: boolean;
  /** Only those under barograph.dev/. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of allowedTopologies: the nodes that its volumes may be made for; undefined where all are. */
  readonly allowedNodes?: NodeTerms | undefined;
}
