import { Registry } from 'prom-client';
import { certificatesIn } from '../../certs/folder.ts';
import { type ClusterState, connectCluster } from '../cluster/cluster-state.ts';
import { emptyView } from '../cluster/empty-view.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Clock } from '../core/clock.ts';
import { type Config, clockOf } from '../core/config.ts';
import type { Logger } from '../core/log.ts';
import { createExtender, type Extender } from '../extender/extender.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { type RunningServer, startServer } from '../server/server.ts';
import { createModelCache } from '../train/model-cache.ts';
import { startTrainer, type Trainer } from '../train/trainer.ts';
import { admitObjectives } from '../webhook/admit-objectives.ts';
import { admitPod, type PodAdmission } from '../webhook/admit-pods.ts';
import { createEvents, noEvents } from '../webhook/events.ts';
import { QuotaLedger } from '../webhook/quota-ledger.ts';
import { createRecorder, type DecisionRecorder } from '../webhook/recorder.ts';
import { CurrentOutlook } from './current-outlook.ts';
import type { Parts } from './parts.ts';
import { repeat } from './repeat.ts';
import { accessOf } from './service-access.ts';
import { apiDataOf } from './service-api.ts';
import { metricSourcesOf } from './service-metrics.ts';

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
const certificatePollSeconds = 60;
const pruneSeconds = 3600;
const lingerSeconds = 3;

/** Wires and starts the whole product. Throws what its parts throw when they cannot start: CLUSTER_UNREACHABLE, KNOWLEDGE_UNAVAILABLE, … */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const { logger, startedMilliseconds } = options;
  const clock = clockOf(config, startedMilliseconds);
  // Nothing on this thread waits for the disk of others: a write that finds it busy is tried again later.
  const knowledge = await openSqlite(config.knowledge.path, { busyMilliseconds: 0 });
  const cache = createModelCache({ knowledge, maxBytes: config.cache.maxBytes, logger });
  const cluster = options.view === undefined ? await clusterOf(config, clock, logger) : undefined;
  const view = options.view ?? cluster ?? emptyView;
  const recorder = createRecorder(knowledge, logger);
  const events = cluster === undefined ? noEvents : createEvents({ connection: cluster.connection, clock, logger });
  let extender: Extender | undefined;
  const outlook = new CurrentOutlook({ knowledge, cache, logger, onOutlook: (newer) => extender?.use(newer) });
  const certificates = await certificatesIn(config.server.certs, config.server.hosts, Date.now() / 1000);
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
    trainer: undefined,
    certificates,
  };
  const metrics = createMetrics(new Registry(), metricSourcesOf(parts), logger);
  extender = extenderOf(parts, metrics);
  await cache.fill();
  await outlook.update();
  cluster?.start();
  const server = await startServer({
    address: config.server.address,
    certificates,
    logger,
    metrics,
    routes: {
      hot: hotRoutes(parts, metrics, extender),
      api: { data: apiDataOf(parts), ready: () => readyChecks(parts), access: accessOf(parts) },
    },
  });
  if (config.training.enabled) {
    parts.trainer = startTrainer({
      config,
      startedMilliseconds,
      logger,
      onStatus: ({ version }) => {
        if (version !== outlook.outlook?.version) void outlook.update();
      },
    });
  }
  const chores = [
    repeat(outlookPollSeconds, logger, () => outlook.update()),
    repeat(certificatePollSeconds, logger, () => renew(parts, server)),
    repeat(pruneSeconds, logger, () => knowledge.prune(clock.nowSeconds() - config.decisions.keep)),
  ];
  const close = async (graceSeconds: number): Promise<void> => {
    for (const chore of chores) chore.stop();
    // Load balancers move away first.
    await server.close(graceSeconds, cluster === undefined ? 0 : lingerSeconds);
    extender?.close();
    await parts.trainer?.close();
    await cluster?.close();
    await events.close();
    await recorder.close();
    await knowledge.close();
  };
  return { server, clock, authority: certificates.authority, outlook, view, recorder, trainer: parts.trainer, close };
}

async function clusterOf(config: Config, clock: Clock, logger: Logger): Promise<ClusterState | undefined> {
  const { enabled, kubeconfig, context } = config.kubernetes;
  return enabled ? connectCluster({ kubeconfig, context, clock, logger }) : undefined;
}

function extenderOf({ config, clock, logger, view, cache, recorder }: Parts, metrics: Metrics): Extender {
  return createExtender({
    view,
    forecasts: cache,
    clock,
    logger,
    maxOutlookAgeSeconds: config.outlook.maxAge,
    targetUtilisation: config.extender.targetUtilisation,
    refuse: config.extender.refuse,
    onPlaced: (id, placement) => recorder.place(id, placement),
    count: (verb, outcome) => metrics.countExtender(verb, outcome),
  });
}

function hotRoutes(parts: Parts, metrics: Metrics, extender: Extender): Record<string, (body: Buffer) => Buffer> {
  const { config, clock, logger, view, cache, outlook, recorder, events } = parts;
  const { mode, maxMode, objective } = config;
  const admission: PodAdmission = {
    world: () => ({
      view,
      outlook: outlook.outlook,
      forecasts: cache,
      defaults: { mode, maxMode, objective },
      maxOutlookAgeSeconds: config.outlook.maxAge,
    }),
    ledger: new QuotaLedger(() => clock.nowSeconds()),
    recorder,
    events,
    clock,
    random: Math.random,
    logger,
    count: (outcome, reason) => metrics.countDecision(outcome, reason),
  };
  return {
    '/admission/pods': (body) => admitPod(body, admission),
    '/admission/objectives': admitObjectives,
    '/extender/filter': (body) => extender.filter(body),
    '/extender/prioritize': (body) => extender.prioritize(body),
    '/extender/preempt': (body) => extender.preempt(body),
  };
}

function readyChecks({ view, cluster }: Parts): { name: string; ok: boolean; message: string }[] {
  const message = cluster === undefined ? 'no cluster is watched' : view.synced ? 'read' : 'still being read';
  return [{ name: 'cluster', ok: view.synced, message }];
}

/** Takes certificates that were renewed, here or by somebody else who owns the folder. */
async function renew(parts: Parts, server: RunningServer): Promise<void> {
  const { certs, hosts } = parts.config.server;
  const now = await certificatesIn(certs, hosts, Date.now() / 1000);
  if (now.serving.certificate === parts.certificates.serving.certificate) return;
  server.useCertificates(now);
  parts.certificates = now;
  parts.logger.info({ folder: certs }, 'serving with another certificate');
}
