import type { ClaimView, StorageClassView, StorageView, VolumeView } from '../../src/cluster/storage-view.ts';

/** Claims, volumes and classes held in memory. */
export interface MemoryStorage extends StorageView {
  add(more: StorageContents): void;
  setSynced(synced: boolean): void;
}

export interface StorageContents {
  readonly claims?: readonly Partial<ClaimView>[];
  readonly volumes?: readonly Partial<VolumeView>[];
  readonly classes?: readonly Partial<StorageClassView>[];
}

/** Claims are of the namespace `shop` unless they say otherwise; classes bind late. */
export function memoryStorage(contents: StorageContents = {}): MemoryStorage {
  const claims = new Map<string, ClaimView>();
  const volumes = new Map<string, VolumeView>();
  const classes = new Map<string, StorageClassView>();
  let synced = true;
  const view: MemoryStorage = {
    get synced() {
      return synced;
    },
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    volume: (name) => volumes.get(name),
    storageClass: (name) =>
      name === undefined ? [...classes.values()].find(({ isDefault }) => isDefault) : classes.get(name),
    add({ claims: newClaims = [], volumes: newVolumes = [], classes: newClasses = [] }) {
      for (const claim of newClaims) {
        const whole = { namespace: 'shop', name: '', storageClass: undefined, volume: undefined, ...claim };
        claims.set(`${whole.namespace}/${whole.name}`, whole);
      }
      for (const volume of newVolumes) {
        const usual = { name: '', storageClass: undefined, place: { kind: 'other' }, nodes: undefined } as const;
        const whole: VolumeView = { ...usual, device: undefined, ...volume };
        volumes.set(whole.name, whole);
      }
      for (const one of newClasses) {
        const usual = { name: '', provisioner: '', parameters: {}, bindsLate: true, isDefault: false, labels: {} };
        const whole: StorageClassView = { ...usual, ...one };
        classes.set(whole.name, whole);
      }
    },
    setSynced: (now) => {
      synced = now;
    },
  };
  view.add(contents);
  return view;
}

/** The affinity of a volume of one node. */
export function onNode(name: string): NonNullable<VolumeView['nodes']> {
  return [[{ of: 'label', key: 'kubernetes.io/hostname', operator: 'In', values: [name] }]];
}
