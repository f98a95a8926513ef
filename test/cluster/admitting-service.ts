import { Registry } from 'prom-client';
import { createAuthority, createServing } from '../../certs/authority.ts';
import { webhookObjects } from '../../src/cli/install/webhooks.ts';
import { type ClusterState, connectCluster } from '../../src/cluster/cluster-state.ts';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import type { ContainerForecast } from '../../src/core/outlook.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { loopbackAccess } from '../../src/server/access.ts';
import type { HotHandler } from '../../src/server/hot-route.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { admitObjectives } from '../../src/webhook/admit-objectives.ts';
import { admitPod, type PodAdmission } from '../../src/webhook/admit-pods.ts';
import { createEvents, type Events } from '../../src/webhook/events.ts';
import { QuotaLedger } from '../../src/webhook/quota-ledger.ts';
import { createRecorder, type DecisionRecorder } from '../../src/webhook/recorder.ts';
import { installOptions } from '../deploy/install-options.ts';
import { heldData } from '../server/support/held-data.ts';
import { outlookOf } from '../support/samples.ts';
import type { Cluster } from './cluster.ts';

/** The webhook over TLS, registered with a cluster, with forecasts given by hand. */
export interface AdmittingService {
  readonly state: ClusterState;
  readonly server: RunningServer;
  readonly authority: string;
  readonly recorder: DecisionRecorder;
  readonly ledger: QuotaLedger;
  readonly events: Events;
  /** What is forecast, by containerId; a test puts in what it needs. */
  readonly forecasts: Map<string, ContainerForecast>;
  close(): Promise<void>;
}

export async function startAdmitting(
  cluster: Cluster,
  more: Readonly<Record<string, HotHandler>>,
): Promise<AdmittingService> {
  const logger = silentLogger;
  const clock = systemClock;
  const state = await connectCluster({ kubeconfig: cluster.kubeconfig, logger, clock });
  state.start();
  await state.whenSynced(AbortSignal.timeout(20_000));
  const knowledge = await openSqlite(':memory:');
  const recorder = createRecorder(knowledge, logger);
  const events = createEvents({ connection: state.connection, clock, logger, quietSeconds: 0.5 });
  const ledger = new QuotaLedger(() => clock.nowSeconds());
  const forecasts = new Map<string, ContainerForecast>();
  const metrics = createMetrics(new Registry(), { version: '0' }, logger);
  const admission: PodAdmission = {
    world: () => ({
      view: state,
      outlook: outlookOf(1, [], clock.nowSeconds()),
      forecasts,
      defaults: { mode: 'enforce', maxMode: 'enforce', objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 } },
      maxOutlookAgeSeconds: 1800,
    }),
    ledger,
    recorder,
    events,
    clock,
    random: Math.random,
    logger,
    count: (outcome, reason) => metrics.countDecision(outcome, reason),
  };
  const authority = await createAuthority(clock.nowSeconds());
  const certificates = {
    authority: authority.certificate,
    serving: await createServing(authority, ['127.0.0.1'], clock.nowSeconds()),
  };
  const server = await startServer({
    address: '127.0.0.1:0',
    certificates,
    logger,
    metrics,
    routes: {
      hot: {
        '/admission/pods': (body) => admitPod(body, admission),
        '/admission/objectives': admitObjectives,
        ...more,
      },
      api: { data: heldData, ready: () => [], access: loopbackAccess },
    },
  });
  await register(cluster, server.url, authority.certificate);
  const close = async (): Promise<void> => {
    await server.close(1);
    await events.close();
    await recorder.close();
    await state.close();
    await knowledge.close();
  };
  return { state, server, authority: authority.certificate, recorder, ledger, events, forecasts, close };
}

/** As `barograph install --print --url … --refuse-invalid` prints the registrations. */
async function register(cluster: Cluster, url: string, authority: string): Promise<void> {
  const certificates = { kind: 'given', authority } as const;
  for (const object of webhookObjects(installOptions({ certificates, url, refuseInvalid: true }))) {
    const plural = `${object.kind.toLowerCase()}s`;
    await cluster.api.create(`/apis/admissionregistration.k8s.io/v1/${plural}`, object);
  }
}
