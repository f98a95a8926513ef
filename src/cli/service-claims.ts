import type { Metrics } from '../server/metrics.ts';
import { quotaMemory, RecentPlacements } from '../storage/recent-placements.ts';
import { answerPools } from '../storage/score/answer-pools.ts';
import { admitClaim, type ClaimAdmission } from '../webhook/claims/admit-claims.ts';
import type { Parts } from './parts.ts';

/** Without `storage` in the configuration claims are let through, and no pool is known. */
export function storageRoutes(parts: Parts, metrics: Metrics): Record<string, (body: Buffer) => Buffer> {
  const { clock, storage } = parts;
  const admission = claimAdmission(parts, metrics);
  return {
    '/admission/claims': (body) => admitClaim(body, admission),
    '/pools/score': (body) => {
      const nowSeconds = clock.nowSeconds();
      return answerPools(body, storage?.keeper.state, {
        nowSeconds,
        maxAgeSeconds: storage?.config.maxAge ?? 0,
        failureRisk: storage?.config.failureRisk ?? 1,
        promised: (pool) => storage?.placements.promised(pool, nowSeconds) ?? { bytes: 0, claims: 0 },
      });
    },
  };
}

const noClasses = { synced: false, storageClass: () => undefined, storageClasses: () => [], capacities: () => [] };

function claimAdmission(parts: Parts, metrics: Metrics): ClaimAdmission {
  const { config, clock, logger, view, recorder, events, storage } = parts;
  const { mode, maxMode, objective } = config;
  return {
    world: () => ({
      classes: storage?.objects ?? noClasses,
      nodes: () => view.nodes(),
      quotas: (namespace) => view.quotas(namespace),
      namespace: (name) => view.namespace(name),
      state: storage?.keeper.state,
      // What an admin says goes before what Rook says.
      fsids: { ...storage?.objects?.fsids(), ...storage?.config.clusterIds },
      maxAgeSeconds: storage?.config.maxAge ?? 0,
      failureRisk: storage?.config.failureRisk ?? 1,
      autoClass: storage?.config.autoClass ?? '',
      defaults: { mode, maxMode, objective },
    }),
    placements: storage?.placements ?? new RecentPlacements(),
    inFlight: new RecentPlacements(quotaMemory),
    recorder,
    events,
    clock,
    random: Math.random,
    logger,
    count: metrics.countClaim,
  };
}
