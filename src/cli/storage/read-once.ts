import { openCephSource } from '../../collect/ceph/ceph-source.ts';
import { openNodeDisks } from '../../collect/node-disks/open-node-disks.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { type Config, clockOf, configSchema, type StorageConfig } from '../../core/config.ts';
import { loadConfig, validateConfig } from '../../core/config-file.ts';
import { BarographError, describeError } from '../../core/errors.ts';
import { createLogger, type Logger } from '../../core/log.ts';
import { readDiskModel } from '../../storage/disk-model-file.ts';
import { NodeDiskModels } from '../../storage/node-disk-models.ts';
import type { NodeDisk } from '../../storage/node-disks.ts';
import { planStorage } from '../../storage/plan/plan-storage.ts';
import { StorageModels } from '../../storage/storage-models.ts';
import { type StorageReport, storageReport } from '../../storage/storage-report.ts';
import type { StorageState } from '../../storage/storage-state.ts';
import { knownDisks, planningOf, proposed, reportOptions } from '../service-plans.ts';

export interface ReadOnceOptions {
  readonly config?: string;
  readonly ceph?: readonly string[];
  readonly cephCommand?: string;
  readonly disks?: string;
}

interface Reading {
  readonly storage: StorageConfig;
  readonly whole: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is there now, read once; what cannot be read is among the failures. Throws CONFIG_INVALID, and SOURCE_UNAVAILABLE when nothing can. */
export async function readStorageOnce(options: ReadOnceOptions): Promise<StorageReport> {
  const whole = configOf(options);
  const { storage } = whole;
  if (storage === undefined) {
    throw new BarographError('CONFIG_INVALID', 'storage: expected pools or disks to read in the configuration');
  }
  const clock = clockOf(whole, performance.timeOrigin);
  const reading = { storage, whole, clock, logger: createLogger('silent') };
  const state = await readState(reading);
  const nodeDisks = await readNodeDisks(reading);
  const nowSeconds = clock.nowSeconds();
  const plans = planStorage(state, nodeDisks, { ...planningOf(storage), nowSeconds });
  const disks = knownDisks({ state, nodeDisks });
  return storageReport(state, disks, plans.map(proposed), reportOptions(storage, nowSeconds));
}

function configOf({ config, ceph, cephCommand, disks }: ReadOnceOptions): Config {
  const given = {
    ...(ceph === undefined ? {} : { ceph: [cephOf(ceph, cephCommand)] }),
    ...(disks === undefined ? {} : { nodeDisks: { kind: 'folder', path: disks } }),
  };
  const isGiven = Object.keys(given).length > 0;
  if (config !== undefined) return loadConfig(configSchema, config, isGiven ? { storage: given } : {});
  return validateConfig(configSchema, { source: { kind: 'metrics-api' }, storage: given }, 'the command line');
}

function cephOf(urls: readonly string[], command: string | undefined): object {
  const map = command === undefined ? { kind: 'none' } : { kind: 'command', command: command.split(/\s+/) };
  const disks = { kind: command === undefined ? 'none' : 'ceph' };
  return { metrics: { kind: 'mgr', urls }, map, disks };
}

async function readState({ storage, whole, clock, logger }: Reading): Promise<StorageState | undefined> {
  if (storage.ceph.length === 0) return undefined;
  const models = new StorageModels({
    diskModel: readDiskModel(undefined),
    failureRisk: storage.failureRisk,
    replacementRisk: storage.replacementRisk,
    diskMaxAgeSeconds: storage.diskMaxAge,
    horizonSeconds: whole.outlook.horizon,
    stepSeconds: whole.outlook.step,
  });
  const { step: stepSeconds } = whole.training;
  const endSeconds = Math.floor(clock.nowSeconds() / stepSeconds) * stepSeconds;
  const range = { startSeconds: endSeconds - storage.history, endSeconds, stepSeconds };
  for (const config of storage.ceph) {
    const source = openCephSource({ config, clock, logger });
    try {
      for await (const before of source.history?.(range, stepSeconds) ?? []) models.take(config.name, before);
      models.take(config.name, await source.read());
    } catch (error) {
      models.failed(config.name, describeError(error), clock.nowSeconds());
    } finally {
      await source.close();
    }
  }
  const state = models.state(clock.nowSeconds());
  const [failure] = state.failures;
  if (state.clusters.length > 0 || failure === undefined) return state;
  throw new BarographError('SOURCE_UNAVAILABLE', `${failure.source}: ${failure.message}`);
}

async function readNodeDisks({ storage, clock, logger }: Reading): Promise<NodeDisk[]> {
  const { replacementRisk, diskMaxAge } = storage;
  const source = openNodeDisks(storage.nodeDisks, { clock, logger });
  if (source === undefined) return [];
  // Whoever asks wants to see old readings too, marked as such.
  const forgetSeconds = Math.max(100 * diskMaxAge, systemClock.nowSeconds());
  const models = new NodeDiskModels({ model: readDiskModel(undefined), replacementRisk, forgetSeconds });
  try {
    models.take(await source.read());
    return models.disks(clock.nowSeconds());
  } finally {
    source.close();
  }
}
