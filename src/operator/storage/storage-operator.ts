import type { Connection } from '../../cluster/connection.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { PlanOptions } from '../../storage/plan/plan-options.ts';
import { planStorage } from '../../storage/plan/plan-storage.ts';
import type { PlanState } from '../../storage/storage-report.ts';
import { isFreshCluster, type StorageState } from '../../storage/storage-state.ts';
import type { Elector } from '../elector.ts';
import type { CephCommand } from './ceph-command.ts';
import { resourceStore, type StoredObject } from './custom-resources.ts';
import { planEvents } from './plan-events.ts';
import { PlanKeeper } from './plan-keeper.ts';
import { planOf } from './plan-objects.ts';
import { stepsIn } from './plan-status.ts';
import { diskHealthStatus, poolForecastStatus, writeStatuses } from './status-objects.ts';
import type { StorageKnowledge } from './storage-knowledge.ts';

export interface StorageOperatorOptions {
  readonly connection: Pick<Connection, 'send'>;
  readonly elector: Pick<Elector, 'isLeader'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly planning: Omit<PlanOptions, 'nowSeconds' | 'previous'>;
  /** The ceph command, where one is configured. */
  readonly ceph: CephCommand | undefined;
  readonly mayChange: boolean;
}

/** Keeps DiskHealth, PoolForecast and StoragePlan objects in step with what is known, and carries out what was approved. */
export interface StorageOperator {
  /** The plans as they were at the last turn. */
  readonly plans: readonly PlanState[];
  /** One look, and what is due; only a look unless this process leads. Throws CLUSTER_UNREACHABLE. */
  turn(knowledge: StorageKnowledge): Promise<void>;
}

export function createStorageOperator(options: StorageOperatorOptions): StorageOperator {
  const { connection, elector, clock, logger, planning } = options;
  const disks = resourceStore(connection, 'diskhealths');
  const pools = resourceStore(connection, 'poolforecasts');
  const plans = resourceStore(connection, 'storageplans');
  let kept: readonly PlanState[] = [];

  async function writeForecasts({ state, disks: known }: StorageKnowledge, nowSeconds: number): Promise<void> {
    const ofDisks = known.map((disk) => diskHealthStatus(disk, planning.threshold));
    await writeStatuses(disks, ofDisks, nowSeconds);
    // A cluster that cannot be read keeps what was said of it last, with the time of that.
    const clusters = state?.clusters ?? [];
    const ofPools = clusters.flatMap(({ pools: own, dataSeconds }) =>
      own.map((pool) => poolForecastStatus(pool, dataSeconds)),
    );
    await writeStatuses(pools, ofPools, nowSeconds);
  }

  return {
    get plans() {
      return kept;
    },

    async turn(knowledge) {
      if (!elector.isLeader) {
        kept = (await plans.list()).flatMap((object) => planStateOf(object) ?? []);
        return;
      }
      const nowSeconds = clock.nowSeconds();
      await writeForecasts(knowledge, nowSeconds);
      const held = await plans.list();
      const previous = new Map(
        held.flatMap(({ name, spec }) => {
          const plan = planOf(name, spec);
          return plan === undefined ? [] : [[name, plan] as const];
        }),
      );
      const planned: PlanOptions = { ...planning, nowSeconds, previous };
      const wanted = planStorage(knowledge.state, knowledge.nodeDisks, planned);
      const keeper = new PlanKeeper({
        ...options,
        store: plans,
        tell: planEvents(connection, logger),
        isDoubtful: (cluster) => isDoubtful(cluster, knowledge.state, planned),
      });
      kept = await keeper.round({ held, previous, wanted, knowledge, planned });
    },
  };
}

/** A plan as another process keeps it. */
function planStateOf({ name, spec, status }: StoredObject): PlanState | undefined {
  const plan = planOf(name, spec);
  if (plan === undefined) return undefined;
  const phase = typeof status.phase === 'string' ? status.phase : '';
  return { plan, approved: spec.approve === true, phase, steps: stepsIn(plan, status) };
}

/** What is not known now is not changed now. */
function isDoubtful(
  cluster: string,
  state: StorageState | undefined,
  { nowSeconds, maxAgeSeconds }: PlanOptions,
): boolean {
  const own = state?.clusters.find((one) => one.cluster === cluster);
  return own === undefined || !isFreshCluster(own, nowSeconds, maxAgeSeconds);
}
