/** What `barograph install` makes its objects from. */
export interface InstallOptions {
  readonly namespace: string;
  readonly image: string;
  readonly certificates: InstallCertificates;
  /** The server's address when it runs outside the cluster, such as `https://10.0.0.5:8443`; without one it runs inside. */
  readonly url?: string | undefined;
  /** The configuration as in its file: checked, but not read into units. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The port of the configuration's server.address. */
  readonly port: number;
  /** How many serve; each trains for itself on a knowledge base of its own. */
  readonly replicas: number;
  /** The volume of each knowledge base: a claim of this size, or one that goes with the pod. */
  readonly storage: { readonly kind: 'claim'; readonly size: string } | { readonly kind: 'ephemeral' };
  /** Whether objectives that cannot be read are refused when they are written. */
  readonly refuseInvalid: boolean;
  /** Whether objects of the Prometheus operator are made: what to scrape, and what to warn of. */
  readonly monitoring: boolean;
  /** A kube-scheduler of Barograph's own, for clusters whose scheduler cannot be configured. */
  readonly secondScheduler?: SecondScheduler | undefined;
}

export interface SecondScheduler {
  /** Of kube-scheduler, of the cluster's own version. */
  readonly image: string;
  readonly filter: boolean;
  readonly weight: number;
}

/** Where serving certificates come from, and what the API server checks them against. PEM. */
export type InstallCertificates =
  /** Whoever leads among the pods makes authority and certificate, in the Secret `barograph-tls`, and tells the API server what to trust. */
  | { readonly kind: 'managed' }
  /** Pods make them, with the authority's key in a Secret. */
  | { readonly kind: 'own'; readonly authority: string; readonly authorityKey: string }
  /** Somebody else makes them, in the Secret `barograph-tls`. */
  | { readonly kind: 'given'; readonly authority: string }
  /** cert-manager makes them, and puts its authority into the webhooks. */
  | { readonly kind: 'cert-manager' };

/** Any Kubernetes object, as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Whether the configuration has `storage`: then claims are decided on, and what that needs is installed. */
export function hasStorage({ configuration }: Pick<InstallOptions, 'configuration'>): boolean {
  return typeof configuration.storage === 'object' && configuration.storage !== null;
}

/** Whether DiskHealth, PoolForecast and StoragePlan objects are kept. */
export function hasPlans(options: Pick<InstallOptions, 'configuration'>): boolean {
  return hasStorage(options) && fieldOf(storageOf(options), 'plans', 'enabled') !== false;
}

/** Whether filter refuses nodes for their disks: only then is there a rule that it must be registered for. */
export function refusesNodes(options: Pick<InstallOptions, 'configuration'>): boolean {
  const storage = storageOf(options);
  if (storage === undefined || storage.refuseNodes === false) return false;
  const ofNodes = fieldOf(storage, 'nodeDisks', 'kind') ?? 'none';
  return ofNodes !== 'none' || (Array.isArray(storage.ceph) && storage.ceph.length > 0);
}

type Fields = Readonly<Record<string, unknown>>;

function storageOf(options: Pick<InstallOptions, 'configuration'>): Fields | undefined {
  return hasStorage(options) ? (options.configuration.storage as Fields) : undefined;
}

function fieldOf(fields: Fields | undefined, key: string, inner: string): unknown {
  const value = fields?.[key];
  return typeof value === 'object' && value !== null ? (value as Fields)[inner] : undefined;
}

export const appName = 'barograph';

/** What pods and the Service that finds them have in common. */
export const selectorLabels = { 'app.kubernetes.io/name': appName } as const;

export const labels = { ...selectorLabels, 'app.kubernetes.io/managed-by': 'barograph-install' } as const;

/** The metadata of an object in Barograph's own namespace. */
export function inNamespace({ namespace }: Pick<InstallOptions, 'namespace'>, name: string = appName) {
  return { name, namespace, labels };
}

/** What may be restarted or evicted apart from each other: the pods of the second scheduler are not those of the server. */
export const schedulerName = 'barograph-scheduler';

/** The Lease by which replicas agree on who keeps storage objects. */
export const storageLease = 'barograph-storage';

/** The headless Service by which replicas find each other. */
export const peersService = 'barograph-peers';

/** The name by which the API server reaches the Service. */
export function serviceHost(namespace: string): string {
  return `${appName}.${namespace}.svc`;
}

/** Every name of a server in the cluster: the Service's, and those for whoever forwards a port to the pod. */
export function ownHosts(namespace: string): string[] {
  return ['localhost', '127.0.0.1', serviceHost(namespace), `${serviceHost(namespace)}.cluster.local`];
}

/** `barograph` in the namespace of that name, else `barograph-<namespace>`. */
export function clusterName(namespace: string): string {
  return namespace === appName ? appName : `${appName}-${namespace}`;
}
