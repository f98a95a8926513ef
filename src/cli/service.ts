import { isIP } from 'node:net';
import { Registry } from 'prom-client';
import { type ClusterState, connectCluster } from '../cluster/cluster-state.ts';
import { emptyView } from '../cluster/empty-view.ts';
import type { ClusterView } from '../cluster/view.ts';
import { type Clock, monotonicMilliseconds } from '../core/clock.ts';
import { type Config, clockOf } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { createExtender, type Extender } from '../extender/extender.ts';
import { setDamagedAside } from '../knowledge/replace-damaged.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import type { HotHandler } from '../server/hot-route.ts';
import { limitsWithin } from '../server/limits.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { newestFirst } from '../server/newest-first.ts';
import { type RunningServer, type ServerOptions, startServer } from '../server/server.ts';
import type { NodeDisk } from '../storage/node-disks.ts';
import { createModelCache } from '../train/model-cache.ts';
import { startTrainer, type Trainer } from '../train/trainer.ts';
import { admitObjectives } from '../webhook/admit-objectives.ts';
import { admitPod, type PodAdmission } from '../webhook/admit-pods.ts';
import { createEvents, noEvents } from '../webhook/events.ts';
import { QuotaLedger } from '../webhook/quota-ledger.ts';
import { createRecorder, type DecisionRecorder } from '../webhook/recorder.ts';
import { CurrentOutlook } from './current-outlook.ts';
import { createDecisionWriter } from './decision-writer.ts';
import type { Parts } from './parts.ts';
import { createPeers, noPeers, type Peers } from './peers.ts';
import { processMemoryBytes } from './process-memory.ts';
import { readyChecks } from './ready-checks.ts';
import { rehearsalOf } from './rehearsal.ts';
import { repeat } from './repeat.ts';
import { keepPlacement } from './replica-decisions.ts';
import { accessOf } from './service-access.ts';
import { apiDataOf } from './service-api.ts';
import { certificateSource as certificateSourceOf, readClientAuthority } from './service-certificates.ts';
import { storageRoutes } from './service-claims.ts';
import { metricSourcesOf } from './service-metrics.ts';
import { secondSchedulerOf } from './service-scheduler.ts';
import { openStorage } from './service-storage.ts';
import { servingThreads, threadCount } from './service-threads.ts';
import { end, type Started } from './started.ts';

export interface ServiceOptions {
  readonly logger: Logger;
  /** The machine's time at which the process started. */
  readonly startedMilliseconds: number;
  /** A cluster of one's own in place of a real one, for trials. */
  readonly view?: ClusterView;
}

export interface Service {
  readonly server: RunningServer;
  readonly clock: Clock;
  /** What clients trust, PEM. */
  readonly authority: string;
  readonly outlook: CurrentOutlook;
  readonly view: ClusterView;
  readonly recorder: DecisionRecorder;
  readonly trainer: Trainer | undefined;
  close(graceSeconds: number): Promise<void>;
}

const outlookPollSeconds = 2;
const schedulerPollSeconds = 2;
const pruneSeconds = 3600;

/**
 * Wires and starts the whole product. Throws what its parts throw when they cannot start: CLUSTER_UNREACHABLE, KNOWLEDGE_UNAVAILABLE, …; what had started by
 * then is ended.
 */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const started: Started = {};
  try {
    return await start(config, options, started);
  } catch (error) {
    await end(started, 0).catch((failure) =>
      options.logger.warn({ error: failure }, 'what had started could not be ended'),
    );
    throw error;
  }
}

async function start(config: Config, options: ServiceOptions, started: Started): Promise<Service> {
  const { logger, startedMilliseconds } = options;
  const clock = clockOf(config, startedMilliseconds);
  const aside = setDamagedAside(config.knowledge.path, Date.now());
  if (aside !== undefined) logger.error({ aside }, 'the knowledge base is damaged: it was put aside, a new one begins');
  // Nothing on this thread waits for the disk of others: a write that finds it busy is tried again later.
  const knowledge = await openSqlite(config.knowledge.path, { busyMilliseconds: 0 });
  started.knowledge = knowledge;
  const cache = createModelCache({ knowledge, maxBytes: cacheBytes(config), logger });
  const cluster = options.view === undefined ? await clusterOf(config, clock, logger) : undefined;
  started.cluster = cluster;
  const view = options.view ?? cluster ?? emptyView;
  const writer = createDecisionWriter({ path: config.knowledge.path }, knowledge, logger);
  started.writer = writer;
  const recorder = createRecorder(
    {
      recordDecisions: (decisions) => writer.recordDecisions(decisions),
      decision: (id) => knowledge.decision(id),
      decisions: (limit) => knowledge.decisions(limit),
    },
    logger,
  );
  started.recorder = recorder;
  const events = cluster === undefined ? noEvents : createEvents({ connection: cluster.connection, clock, logger });
  started.events = events;
  const outlook = new CurrentOutlook({ knowledge, cache, logger, onOutlook: (newer) => started.extender?.use(newer) });
  const onDisks = (disks: readonly NodeDisk[]): void => started.extender?.useDisks(disks);
  const storage = openStorage({ config, startedMilliseconds, cluster, onDisks }, { clock, logger });
  started.storage = storage;
  const certificateSource = certificateSourceOf(config, cluster?.connection, logger);
  started.certificateSource = certificateSource;
  const certificates = await certificateSource.take();
  const parts: Parts = {
    config,
    clock,
    logger,
    knowledge,
    cluster,
    view,
    cache,
    outlook,
    recorder,
    events,
    storage,
    trainer: undefined,
    certificateSource,
    certificates,
    scheduler: secondSchedulerOf(config, cluster?.connection, logger),
    peers: peersOf(config, () => parts.certificates.authority, logger),
  };
  const metrics = createMetrics(new Registry(), metricSourcesOf(parts), logger);
  started.parts = parts;
  const extender = extenderOf(parts, metrics);
  started.extender = extender;
  // Reads all forecasts with it.
  await outlook.update();
  cluster?.start();
  storage?.start();
  const server = await startServer({
    address: config.server.address,
    certificates,
    ...clientsOf(config),
    logger,
    metrics,
    limits: limitsWithin(processMemoryBytes()),
    threads: servingThreads(config, extender, startedMilliseconds),
    rehearsal: () => rehearsalOf('writer'),
    routes: {
      hot: hotRoutes(parts, metrics, extender),
      onSent: (answer) => extender.sent(answer),
      api: { data: apiDataOf(parts), ready: () => readyChecks(parts), access: accessOf(parts) },
    },
  });
  started.server = server;
  if (config.training.enabled) {
    parts.trainer = startTrainer({
      config,
      startedMilliseconds,
      logger,
      ...(cluster && { after: readOrLate(cluster) }),
      onStatus: ({ version }) => {
        if (version !== outlook.outlook?.version) void outlook.update();
      },
    });
  }
  const chores = [
    repeat(outlookPollSeconds, logger, () => outlook.update()),
    repeat(certificateSource.pollSeconds, logger, () => renew(parts, server)),
    repeat(pruneSeconds, logger, () => knowledge.prune(clock.nowSeconds() - config.decisions.keep)),
  ];
  if (parts.scheduler !== undefined) chores.push(repeat(schedulerPollSeconds, logger, parts.scheduler.look));
  started.chores = chores;
  const close = (graceSeconds: number): Promise<void> => end(started, graceSeconds);
  return { server, clock, authority: certificates.authority, outlook, view, recorder, trainer: parts.trainer, close };
}

// Longer than a cluster of 20,000 pods is read.
const trainerWaitMilliseconds = 15_000;

/** Until the cluster is read, so that training does not hold up being ready, or does not answer for a while. */
function readOrLate(cluster: ClusterState): Promise<void> {
  return cluster.whenSynced(AbortSignal.timeout(trainerWaitMilliseconds)).catch(() => undefined);
}

/** In a small container the cache gives way: forecasts that are not in it are read when they are asked for. */
function cacheBytes({ cache }: Config): number {
  return Math.min(cache.maxBytes, Math.floor(processMemoryBytes() / 4));
}

async function clusterOf(config: Config, clock: Clock, logger: Logger): Promise<ClusterState | undefined> {
  const { enabled, kubeconfig, context } = config.kubernetes;
  return enabled ? connectCluster({ kubeconfig, context, clock, logger }) : undefined;
}

function extenderOf(parts: Parts, metrics: Metrics): Extender {
  const { config, clock, logger, view, cache, storage } = parts;
  return createExtender({
    view,
    forecasts: cache,
    clock,
    logger,
    maxOutlookAgeSeconds: config.outlook.maxAge,
    targetUtilisation: config.extender.targetUtilisation,
    refuse: config.extender.refuse,
    disks: storage?.objects && {
      storage: storage.objects,
      maxAgeSeconds: storage.config.diskMaxAge,
      threshold: storage.config.failureRisk,
      refuse: storage.config.refuseNodes,
    },
    onPlaced: (id, placement) => void keepPlacement(id, placement, parts),
    count: (verb, outcome) => metrics.meter.countExtender(verb, outcome),
    threads: threadCount(config),
  });
}

function hotRoutes(parts: Parts, metrics: Metrics, extender: Extender): Record<string, HotHandler> {
  const { config, clock, logger, view, cache, outlook, recorder, events } = parts;
  const { mode, maxMode, objective } = config;
  const admission: PodAdmission = {
    world: () => ({
      view,
      outlook: outlook.outlook,
      forecasts: cache,
      defaults: { mode, maxMode, objective },
      maxOutlookAgeSeconds: config.outlook.maxAge,
      scheduler: parts.scheduler?.now(),
    }),
    ledger: new QuotaLedger(() => monotonicMilliseconds() / 1000),
    recorder,
    events,
    clock,
    random: Math.random,
    logger,
    count: (outcome, reason) => metrics.countDecision(outcome, reason),
  };
  return {
    '/admission/pods': newestFirst((body, deadline) => admitPod(body, admission, deadline)),
    '/admission/objectives': (body) => admitObjectives(body),
    ...storageRoutes(parts, metrics),
    '/extender/filter': (body) => extender.filter(body),
    '/extender/prioritize': (body) => extender.prioritize(body),
    '/extender/preempt': (body) => extender.preempt(body),
  };
}

function clientsOf({ server }: Config): Pick<ServerOptions, 'clientAuthority'> {
  const { clientAuthority } = server;
  return clientAuthority === undefined ? {} : { clientAuthority: readClientAuthority(clientAuthority) };
}

function peersOf({ server }: Config, authority: () => string, logger: Logger): Peers {
  const { peers, hosts } = server;
  // Every replica has the same names in its certificate.
  return peers === undefined ? noPeers : createPeers({ address: peers, authority, serverName: nameIn(hosts), logger });
}

/** A name that is in the certificate of every replica. */
function nameIn(hosts: readonly string[]): string {
  return hosts.find((host) => host.endsWith('.svc')) ?? hosts.find((host) => isIP(host) === 0) ?? 'localhost';
}

/** Takes certificates that were renewed, here or by somebody else who owns the folder. */
async function renew(parts: Parts, server: RunningServer): Promise<void> {
  const { place } = parts.certificateSource;
  const now = await parts.certificateSource.take();
  const isSame = now.serving.certificate === parts.certificates.serving.certificate;
  if (!isSame) server.useCertificates(now);
  parts.certificates = now;
  if (!isSame) parts.logger.info({ place }, 'serving with another certificate');
}
