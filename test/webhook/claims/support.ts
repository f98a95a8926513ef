import type { ClaimClassView, StorageCapacityView } from '../../../src/cluster/claim-view.ts';
import type { StorageClassView } from '../../../src/cluster/storage-view.ts';
import type { QuotaView } from '../../../src/cluster/view.ts';
import type { Decision, Mode } from '../../../src/core/decision.ts';
import { createLogger } from '../../../src/core/log.ts';
import { seededRandom } from '../../../src/predict/disk/random.ts';
import { quotaMemory, RecentPlacements } from '../../../src/storage/recent-placements.ts';
import type { StorageState } from '../../../src/storage/storage-state.ts';
import { admitClaim } from '../../../src/webhook/claims/admit-claims.ts';
import type { PodNotice } from '../../../src/webhook/events.ts';
import { startSeconds } from '../../storage/small-ceph.ts';
import { memoryView, nodeViews } from '../../support/view.ts';

export interface ClaimObject {
  metadata: { name?: string; namespace?: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** A claim of 2 GiB that asks for the best class. */
export function claimOf(spec: Record<string, unknown> = {}, annotations: Record<string, string> = {}): ClaimObject {
  return {
    metadata: {
      name: 'data',
      namespace: 'shop',
      annotations: { 'barograph.dev/storage-class': 'auto', ...annotations },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      storageClassName: 'standard',
      resources: { requests: { storage: '2Gi' } },
      ...spec,
    },
  };
}

/** A class of Rook's RBD driver that may be chosen, on the pool of its name. */
export function rbdClass(name: string, more: Partial<StorageClassView> = {}): StorageClassView {
  return {
    name,
    provisioner: 'rook-ceph.rbd.csi.ceph.com',
    parameters: { clusterID: 'rook-ceph', pool: name },
    bindsLate: false,
    isDefault: false,
    labels: { 'barograph.dev/candidate': 'true' },
    ...more,
  };
}

export function cephFsClass(name: string, parameters: Record<string, string>): StorageClassView {
  return rbdClass(name, {
    provisioner: 'rook-ceph.cephfs.csi.ceph.com',
    parameters: { clusterID: 'rook-ceph', ...parameters },
  });
}

export interface ClaimWorldOptions {
  readonly classes: readonly StorageClassView[];
  readonly capacities?: readonly StorageCapacityView[];
  readonly state?: StorageState | undefined;
  readonly quotas?: readonly QuotaView[];
  readonly mode?: Mode;
  readonly maxMode?: Mode;
  readonly namespaceAnnotations?: Record<string, string>;
  readonly synced?: boolean;
  readonly fsids?: Record<string, string>;
}

/** The webhook on classes and pools in memory. */
export function claimAdmission(options: ClaimWorldOptions) {
  const { classes, capacities = [], state, quotas = [], mode = 'enforce', maxMode = 'enforce' } = options;
  const classView: ClaimClassView = {
    synced: options.synced ?? true,
    storageClass: (name) => classes.find((one) => (name === undefined ? one.isDefault : one.name === name)),
    storageClasses: () => classes,
    capacities: (name) => capacities.filter(({ storageClass }) => storageClass === name),
  };
  const annotations = options.namespaceAnnotations ?? {};
  const view = memoryView({ nodes: nodeViews(2), namespaces: [{ name: 'shop', labels: {}, annotations }] });
  const decisions: Decision[] = [];
  const notices: PodNotice[] = [];
  const counted: (readonly [string, string])[] = [];
  const admission = {
    world: () => ({
      classes: classView,
      nodes: () => view.nodes(),
      quotas: () => quotas,
      namespace: (name: string) => view.namespace(name),
      state,
      fsids: options.fsids ?? {},
      maxAgeSeconds: 300,
      failureRisk: 0.25,
      autoClass: 'barograph',
      defaults: { mode, maxMode, objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 } },
    }),
    placements: new RecentPlacements(),
    inFlight: new RecentPlacements(quotaMemory),
    recorder: { record: (decision: Decision) => void decisions.push(decision) },
    events: { emit: (notice: PodNotice) => void notices.push(notice) },
    clock: { nowSeconds: () => startSeconds },
    random: seededRandom(5),
    logger: createLogger('silent'),
    count: (outcome: string, reason: string) => void counted.push([outcome, reason]),
  };
  const admit = (object: unknown, request: Record<string, unknown> = {}) => {
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u1',
        kind: { group: '', version: 'v1', kind: 'PersistentVolumeClaim' },
        namespace: 'shop',
        operation: 'CREATE',
        object,
        ...request,
      },
    };
    const { response } = JSON.parse(admitClaim(Buffer.from(JSON.stringify(review)), admission).toString());
    const patch = response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());
    return {
      allowed: response.allowed as boolean,
      warnings: (response.warnings ?? []) as string[],
      patch: patch as { op: string; path: string; value: unknown }[],
      claim: applied(object, patch),
    };
  };
  return { admit, admission, decisions, notices, counted };
}

/** The claim with the patch applied, as the API server does for `add`. */
function applied(object: unknown, patch: readonly { path: string; value: unknown }[]): ClaimObject {
  const copy = structuredClone(object) as ClaimObject;
  for (const { path, value } of patch) {
    const parts = path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    let at = copy as unknown as Record<string, unknown>;
    for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>;
    at[parts.at(-1) ?? ''] = structuredClone(value);
  }
  return copy;
}
