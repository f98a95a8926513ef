import { z } from 'zod';
import { type Clock, scaledClock, systemClock } from './clock.ts';
import { parseDuration } from './duration.ts';
import { describeError } from './errors.ts';
import { parseObjective } from './objective.ts';
import { parseQuantity } from './quantity.ts';
import type { PerResource } from './resource.ts';

/** A share such as `80%`, read to 0.8. */
const percent = z.string().transform((text, context) => {
  const share = /^\d+(?:\.\d+)?\s*%$/.test(text) ? Number.parseFloat(text) / 100 : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  context.addIssue({ code: 'custom', message: `expected a percentage such as 80%, received '${text}'` });
  return z.NEVER;
});

/** A duration such as `5m` or `14d`, read to seconds. */
const duration = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  context.addIssue({ code: 'custom', message: `expected a duration such as 5m or 14d, received '${text}'` });
  return z.NEVER;
});

/** A Kubernetes quantity of bytes such as `256Mi`, read to bytes. */
const bytes = z.string().transform((text, context) => {
  try {
    return parseQuantity(text, 'memory');
  } catch (error) {
    context.addIssue({ code: 'custom', message: describeError(error) });
    return z.NEVER;
  }
});

/** The risk of an objective as on a pod's annotation, read to a share of 1. */
function risk(annotation: string, key: 'cpuExceeded' | 'memoryExceeded') {
  return z.string().transform((text, context) => {
    try {
      return parseObjective(annotation, text)[key] ?? 0;
    } catch (error) {
      context.addIssue({ code: 'custom', message: describeError(error) });
      return z.NEVER;
    }
  });
}

const mode = z.enum(['enforce', 'observe', 'off']);

/** An object of a namespace, `NAMESPACE/NAME`. */
const objectName = z.string().transform((text, context) => {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  context.addIssue({ code: 'custom', message: `expected NAMESPACE/NAME, received '${text}'` });
  return z.NEVER;
});

/** A webhook configuration, `KIND/NAME`. */
const registration = z.string().transform((text, context) => {
  const [, kind, name] = /^((?:Mutating|Validating)WebhookConfiguration)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (kind !== undefined && name !== undefined) return { kind, name };
  context.addIssue({ code: 'custom', message: `expected MutatingWebhookConfiguration/NAME, received '${text}'` });
  return z.NEVER;
});

const credentials = z.strictObject({
  /** A file that holds a bearer token; read again when it changes. */
  bearerTokenFile: z.string().optional(),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  /** PEM files of a client certificate. */
  certificateFile: z.string().optional(),
  keyFile: z.string().optional(),
  /** What the server's certificate is checked against; the machine's authorities by default. */
  authorityFile: z.string().optional(),
  /** Sent as X-Scope-OrgID, for Mimir, Thanos and Loki-style tenants. */
  tenant: z.string().optional(),
});

const prometheus = z.strictObject({
  kind: z.literal('prometheus'),
  url: z.url({ protocol: /^https?$/ }),
  auth: credentials.prefault({}),
  /** How long one query may take, retries not counted. */
  timeout: duration.prefault('30s'),
  /** How long all tries of one read may take together. */
  retryBudget: duration.prefault('5m'),
  /** Label matchers that every default query gets, such as `cluster="east"`. */
  selector: z.string().default(''),
  /** PromQL in place of the defaults; see docs/configuration.md for what each must return. */
  queries: z
    .strictObject({
      containerCpu: z.string().optional(),
      containerMemory: z.string().optional(),
      podOwner: z.string().optional(),
      nodeCpu: z.string().optional(),
      nodeMemory: z.string().optional(),
    })
    .prefault({}),
});

const trace = z.strictObject({
  kind: z.literal('trace'),
  /** A folder of trace CSV files. */
  path: z.string(),
});

const metricsApi = z.strictObject({
  /** The newest samples of metrics.k8s.io, by the credentials under `kubernetes`; no history. */
  kind: z.literal('metrics-api'),
  poll: duration.prefault('30s'),
});

const source = z.discriminatedUnion('kind', [prometheus, metricsApi, trace]);

const httpUrl = z.url({ protocol: /^https?$/ });

const cephMetrics = z.discriminatedUnion('kind', [
  z.strictObject({
    /** The prometheus module of the managers, scraped directly. */
    kind: z.literal('mgr'),
    /** One page for each manager; standby managers answer with nothing and are passed over. */
    urls: z.array(httpUrl).min(1),
    /** Pages of ceph-exporter, one for each host: from Ceph 17.2.7 on, the counters of OSDs are there. */
    exporters: z.array(httpUrl).default([]),
    auth: credentials.prefault({}),
    timeout: duration.prefault('20s'),
    retryBudget: duration.prefault('40s'),
  }),
  z.strictObject({
    /** The same metrics, from a Prometheus that scrapes them: with their history. */
    kind: z.literal('prometheus'),
    url: httpUrl,
    auth: credentials.prefault({}),
    timeout: duration.prefault('20s'),
    retryBudget: duration.prefault('40s'),
    selector: z.string().default(''),
  }),
]);

/** Where the OSD map and the CRUSH map are read. */
const cephMap = z.discriminatedUnion('kind', [
  z.strictObject({
    /** The ceph command, with the arguments that name cluster, user and keyring; a user with `mon 'allow r' mgr 'allow r'` is enough. */
    kind: z.literal('command'),
    command: z.array(z.string().min(1)).min(1).default(['ceph']),
    timeout: duration.prefault('30s'),
  }),
  z.strictObject({
    /** The dashboard's REST API; a user with the role `read-only` is enough. */
    kind: z.literal('dashboard'),
    url: httpUrl,
    username: z.string().min(1),
    passwordFile: z.string(),
    authorityFile: z.string().optional(),
    timeout: duration.prefault('30s'),
  }),
  z.strictObject({
    /** A folder that somebody writes: osd-dump.json, crush-dump.json, health.json, devices/ID.json. */
    kind: z.literal('files'),
    path: z.string(),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

/** Where S.M.A.R.T. readings of the devices below OSDs come from. */
const cephDisks = z.discriminatedUnion('kind', [
  z.strictObject({
    /** What Ceph scraped itself, by the way that `map` names. */
    kind: z.literal('ceph'),
    every: duration.prefault('6h'),
  }),
  z.strictObject({
    kind: z.literal('exporter'),
    /** Pages of smartctl_exporter, one for each host; none: they are in the Prometheus of `metrics`. */
    urls: z.array(httpUrl).default([]),
    every: duration.prefault('10m'),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const ceph = z.strictObject({
  /** For messages. */
  name: z.string().min(1).default('ceph'),
  metrics: cephMetrics,
  map: cephMap.prefault({ kind: 'none' }),
  disks: cephDisks.prefault({ kind: 'ceph' }),
});

/** Where S.M.A.R.T. readings of the disks of machines come from, those of Ceph among them. */
const nodeDisks = z.discriminatedUnion('kind', [
  z.strictObject({
    /** A folder with one folder for each node, in which somebody puts what `smartctl --json` prints. */
    kind: z.literal('folder'),
    path: z.string(),
    every: duration.prefault('1m'),
  }),
  z.strictObject({
    /** The metrics of smartctl_exporter in a Prometheus. */
    kind: z.literal('prometheus'),
    url: httpUrl,
    auth: credentials.prefault({}),
    timeout: duration.prefault('30s'),
    retryBudget: duration.prefault('1m'),
    selector: z.string().default(''),
    /** The label that names the machine: a node's name, a host name or an address, with or without a port. */
    nodeLabel: z.string().min(1).default('instance'),
    every: duration.prefault('10m'),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const plans = z.strictObject({
  /** Whether DiskHealth, PoolForecast and StoragePlan objects are written. */
  enabled: z.boolean().default(true),
  /** The Lease by which replicas agree on who writes them. */
  lease: objectName.prefault('barograph/barograph-storage'),
  /** How often plans are looked at. */
  every: duration.prefault('30s'),
  /** From the decision to buy until disks hold data, and how long what is added must last. */
  leadTime: duration.prefault('30d'),
  lasts: duration.prefault('180d'),
  /** How an OSD is taken out of use. */
  retireBy: z.enum(['osd-out', 'osd-crush-reweight']).default('osd-out'),
  /** The ceph command that looks at the cluster and carries out approved steps; without it everything is advice. */
  ceph: z
    .strictObject({
      command: z.array(z.string().min(1)).min(1).default(['ceph']),
      timeout: duration.prefault('30s'),
      /** Whether it may change anything: else it only says what it would do. */
      allowChanges: z.boolean().default(false),
    })
    .optional(),
});

const knowledge = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('sqlite'), path: z.string() })]);

const storage = z.strictObject({
  /** How often pools and disks are read. */
  interval: duration.prefault('30s'),
  /** What was read longer ago than this is not acted on. */
  maxAge: duration.prefault('5m'),
  /** How much history is read at the start, where the source keeps one. */
  history: duration.prefault('14d'),
  /** A disk whose chance of a failure within 14 days is at least this counts as failing. */
  failureRisk: percent.prefault('25%'),
  /** The chance of a failure before its replacement that is taken: it sets the dates by which to replace disks. */
  replacementRisk: percent.prefault('5%'),
  /** A claim of this class asks for the best one, as one with the annotation does. */
  autoClass: z
    .string()
    .regex(/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/, 'expected the name of a StorageClass')
    .default('barograph'),
  /** The fsid of a Ceph cluster by the clusterID that StorageClasses call it, where that is another name. */
  clusterIds: z.record(z.string(), z.string()).default({}),
  /** Ceph clusters, each read by itself. */
  ceph: z.array(ceph).default([]),
  nodeDisks: nodeDisks.prefault({ kind: 'none' }),
  /** A disk that was read longer ago than this is not acted on. */
  diskMaxAge: duration.prefault('36h'),
  /** Whether /extender/filter may refuse nodes whose disks would lose what a pod writes there. */
  refuseNodes: z.boolean().default(true),
  plans: plans.prefault({}),
});

/** The whole configuration: one YAML file, validated, unknown keys refused. docs/configuration.md says what each key means. */
export const configSchema = z.strictObject({
  source,
  server: z
    .strictObject({
      address: z.string().default('0.0.0.0:8443'),
      /** Threads that answer on the same port; without it as many as the machine has cores, at most 4. */
      threads: z.number().int().min(1).max(64).optional(),
      certs: z.string().default('./certs-local'),
      /** Names and addresses that clients reach the server by, for its certificate. */
      hosts: z.array(z.string()).default(['localhost', '127.0.0.1', 'barograph.barograph.svc']),
      /** A Secret, NAMESPACE/NAME, in place of `certs`: replicas share what is in it, and one of them makes and renews it. */
      secret: objectName.optional(),
      /** The Lease by which the replicas agree on that one; without it, the namespace of `secret` and `barograph`. */
      lease: objectName.optional(),
      /** Webhook configurations, KIND/NAME, whose `caBundle` is kept to what `secret` has. */
      registrations: z.array(registration).default([]),
      /** PEM: who may call `/admission` and `/extender` must have a certificate of one of these authorities. */
      clientAuthority: z.string().optional(),
      /** HOST:PORT whose addresses are those of all replicas: each is asked for decisions that are not known here. */
      peers: z
        .string()
        .regex(/^[^:/]+:\d+$/, 'expected HOST:PORT')
        .optional(),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      /** Without a cluster nothing is watched: pods are sized by their own annotations and configuration alone. */
      enabled: z.boolean().default(true),
      kubeconfig: z.string().optional(),
      context: z.string().optional(),
    })
    .prefault({}),
  knowledge: knowledge.prefault({ kind: 'sqlite', path: './data-local' }),
  mode: mode.default('observe'),
  maxMode: mode.default('enforce'),
  objective: z
    .strictObject({
      cpuExceeded: risk('cpu-exceeded', 'cpuExceeded').prefault('1%'),
      memoryExceeded: risk('memory-exceeded', 'memoryExceeded').prefault('0.1%'),
    })
    .prefault({}),
  sizing: z
    .strictObject({
      /** How long a request stands until it is renewed: by a rollout, an eviction, or in place. */
      renewed: duration.prefault('24h'),
    })
    .prefault({}),
  training: z
    .strictObject({
      /** Whether this process trains; replicas that only serve read what another one published. */
      enabled: z.boolean().default(true),
      step: duration.prefault('5m'),
      /** How much history is read at the first start. */
      history: duration.prefault('14d'),
      /** A series without samples for this long is forgotten. */
      forgetAfter: duration.prefault('14d'),
      /** How long after a step's end its samples are asked for. */
      delay: duration.prefault('30s'),
    })
    .prefault({}),
  outlook: z
    .strictObject({
      step: duration.prefault('30m'),
      horizon: duration.prefault('12h'),
      /** An Outlook whose newest measurement is older than this is not acted on. */
      maxAge: duration.prefault('30m'),
    })
    .prefault({}),
  cache: z.strictObject({ maxBytes: bytes.prefault('256Mi') }).prefault({}),
  extender: z
    .strictObject({
      /** The share of a node's allocatable that its forecast load should stay within. */
      targetUtilisation: percent.prefault('80%'),
      /** Whether /extender/filter may refuse nodes that would certainly run out of memory. */
      refuse: z.boolean().default(true),
    })
    .prefault({}),
  /** A scheduler that asks the extender, beside the cluster's own. Enforced pods of the default scheduler get its name. */
  scheduler: z
    .strictObject({
      name: z.string().min(1),
      /** Its Lease: no pod gets the name unless somebody holds it. */
      lease: objectName,
    })
    .optional(),
  /** Pools and disks, and the classes of claims; without it, claims are not decided on. */
  storage: storage.optional(),
  decisions: z.strictObject({ keep: duration.prefault('30d') }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
  /** For replays: a clock that shows `start` when the machine's shows `at` (else at start-up) and runs `rate` times as fast. */
  clock: z
    .strictObject({
      start: z.iso.datetime(),
      at: z.iso.datetime().optional(),
      rate: z.number().positive().max(100_000).default(1),
    })
    .optional(),
});

export type Config = z.output<typeof configSchema>;
export type StorageConfig = z.output<typeof storage>;
export type PrometheusConfig = z.output<typeof prometheus>;
export type CephConfig = z.output<typeof ceph>;
export type NodeDisksConfig = z.output<typeof nodeDisks>;
export type StoragePlansConfig = z.output<typeof plans>;
export type CephMetricsConfig = CephConfig['metrics'];
export type CephMapConfig = CephConfig['map'];
export type CephDisksConfig = CephConfig['disks'];

/** What is promised where nothing is written, by resource, shares of 1. */
export function promisedOf({ objective }: Pick<Config, 'objective'>): PerResource<number> {
  return { cpu: objective.cpuExceeded, memory: objective.memoryExceeded };
}

/** The clock that a configuration asks for; `startedMilliseconds` is the machine's time at which the process started. */
export function clockOf({ clock }: Pick<Config, 'clock'>, startedMilliseconds: number): Clock {
  if (clock === undefined) return systemClock;
  const origin = clock.at === undefined ? startedMilliseconds : Date.parse(clock.at);
  return scaledClock(Date.parse(clock.start) / 1000, clock.rate, origin);
}
