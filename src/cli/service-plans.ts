import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Connection } from '../cluster/connection.ts';
import type { Clock } from '../core/clock.ts';
import type { StorageConfig } from '../core/config.ts';
import { describeError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { createElector } from '../operator/elector.ts';
import { createCephCommand } from '../operator/storage/ceph-command.ts';
import { createStorageOperator } from '../operator/storage/storage-operator.ts';
import type { StorageKeeper } from '../storage/keep-storage.ts';
import { mergedDisks, type NodeDisk, osdDisksOf } from '../storage/node-disks.ts';
import type { PlanOptions } from '../storage/plan/plan-options.ts';
import { planStorage } from '../storage/plan/plan-storage.ts';
import { isExecutable, type StoragePlan } from '../storage/plan/storage-plan.ts';
import type { PlanState, ReportOptions } from '../storage/storage-report.ts';
import { repeat } from './repeat.ts';

/** Who keeps the plans of a service. */
export interface ServicePlans {
  readonly plans: readonly PlanState[];
  start(): void;
  close(): Promise<void>;
}

export interface ServicePlansOptions {
  readonly config: StorageConfig;
  readonly keeper: Pick<StorageKeeper, 'state' | 'nodeDisks'>;
  /** undefined without a cluster. */
  readonly connection: Connection | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const secondsPerDay = 86_400;

/** In a cluster the plans of its StoragePlan objects, kept by whoever leads; without one, what is recommended now. */
export function openPlans(options: ServicePlansOptions): ServicePlans {
  const { config, connection } = options;
  return connection !== undefined && config.plans.enabled ? inCluster(options, connection) : alone(options);
}

/** Every disk that is known, once. */
export function knownDisks({ state, nodeDisks }: Pick<StorageKeeper, 'state' | 'nodeDisks'>): NodeDisk[] {
  return mergedDisks([...(state === undefined ? [] : osdDisksOf(state)), ...nodeDisks]);
}

/** What plans are made by. */
export function planningOf({
  maxAge,
  diskMaxAge,
  failureRisk,
  plans,
}: StorageConfig): Omit<PlanOptions, 'nowSeconds' | 'previous'> {
  return {
    maxAgeSeconds: maxAge,
    diskMaxAgeSeconds: diskMaxAge,
    threshold: failureRisk,
    leadDays: plans.leadTime / secondsPerDay,
    lastsDays: plans.lasts / secondsPerDay,
    retireBy: plans.retireBy,
  };
}

/** What reports are made by. */
export function reportOptions({ maxAge, diskMaxAge, failureRisk }: StorageConfig, nowSeconds: number): ReportOptions {
  return { nowSeconds, maxAgeSeconds: maxAge, diskMaxAgeSeconds: diskMaxAge, threshold: failureRisk };
}

/** As a plan is before anybody approved it. */
export function proposed(plan: StoragePlan): PlanState {
  const steps = plan.steps.map((step) => ({
    phase: isExecutable(step) ? 'Proposed' : 'Advice',
    reason: '',
    message: '',
  }));
  return {
    plan,
    approved: false,
    phase: steps.some(({ phase }) => phase === 'Proposed') ? 'Proposed' : 'Advice',
    steps,
  };
}

function inCluster({ config, keeper, clock, logger }: ServicePlansOptions, connection: Connection): ServicePlans {
  const { lease, every, ceph } = config.plans;
  const identity = `${hostname()}_${randomBytes(6).toString('hex')}`;
  const elector = createElector({ connection, lease, identity, logger });
  const operator = createStorageOperator({
    connection,
    elector,
    clock,
    logger,
    planning: planningOf(config),
    ceph: ceph && createCephCommand({ command: ceph.command, timeoutSeconds: ceph.timeout }),
    mayChange: ceph?.allowChanges === true,
  });
  let chore: { stop(): void } | undefined;
  let turning: Promise<void> | undefined;
  let failure = '';

  async function turn(): Promise<void> {
    const { state, nodeDisks } = keeper;
    try {
      await operator.turn({ state, nodeDisks, disks: knownDisks(keeper) });
      failure = '';
    } catch (error) {
      const message = describeError(error);
      // The same again and again, as where the kinds are not installed, is said once.
      if (message !== failure) logger.warn({ error }, `storage objects could not be kept: ${message}`);
      failure = message;
    }
  }

  return {
    get plans() {
      return operator.plans;
    },
    start() {
      elector.start();
      chore = repeat(every, logger, () => {
        turning = turn();
        return turning;
      });
    },
    async close() {
      chore?.stop();
      await turning;
      await elector.close();
    },
  };
}

function alone({ config, keeper, clock }: ServicePlansOptions): ServicePlans {
  let previous: ReadonlyMap<string, StoragePlan> = new Map();
  return {
    get plans() {
      const options = { ...planningOf(config), nowSeconds: clock.nowSeconds(), previous };
      const plans = planStorage(keeper.state, keeper.nodeDisks, options);
      previous = new Map(plans.map((plan) => [plan.id, plan]));
      return plans.map(proposed);
    },
    start: () => undefined,
    close: async () => undefined,
  };
}
