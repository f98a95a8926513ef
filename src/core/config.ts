import { z } from 'zod';
import { type Clock, scaledClock, systemClock } from './clock.ts';
import { parseDuration } from './duration.ts';
import { describeError } from './errors.ts';
import { parseObjective } from './objective.ts';
import { parseQuantity } from './quantity.ts';

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

const knowledge = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('sqlite'), path: z.string() })]);

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
export type PrometheusConfig = z.output<typeof prometheus>;

/** The clock that a configuration asks for; `startedMilliseconds` is the machine's time at which the process started. */
export function clockOf({ clock }: Pick<Config, 'clock'>, startedMilliseconds: number): Clock {
  if (clock === undefined) return systemClock;
  const origin = clock.at === undefined ? startedMilliseconds : Date.parse(clock.at);
  return scaledClock(Date.parse(clock.start) / 1000, clock.rate, origin);
}
