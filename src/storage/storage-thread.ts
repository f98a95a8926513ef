import { parentPort, workerData } from 'node:worker_threads';
import { openCephSource } from '../collect/ceph/ceph-source.ts';
import { openNodeDisks } from '../collect/node-disks/open-node-disks.ts';
import { openVolumeSource } from '../collect/volumes.ts';
import { clockOf, type StorageConfig } from '../core/config.ts';
import { BarographError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { readDiskModel } from './disk-model-file.ts';
import type { StorageMessage, StorageThreadData } from './keep-storage.ts';
import { keepReadingDisks } from './node-disk-loop.ts';
import { NodeDiskModels } from './node-disk-models.ts';
import type { NodeDisk } from './node-disks.ts';
import { StorageLoop } from './storage-loop.ts';
import { openStorageMemory } from './storage-memory.ts';
import { StorageModels } from './storage-models.ts';
import { keepReadingVolumes } from './volume-loop.ts';

// The storage thread: readings, models and dates of pools and disks.
const { config, startedMilliseconds } = workerData as StorageThreadData;
const { storage, outlook, training } = config;
if (storage === undefined) throw new BarographError('CONFIG_INVALID', 'expected storage in the configuration');
const closing = new AbortController();
parentPort?.on('message', () => closing.abort());

const clock = clockOf(config, startedMilliseconds);
const logger = createLogger(config.log.level);
const tell = (message: StorageMessage): void => parentPort?.postMessage(message);
const diskModel = readDiskModel(undefined);
const models = new StorageModels({
  diskModel,
  failureRisk: storage.failureRisk,
  replacementRisk: storage.replacementRisk,
  diskMaxAgeSeconds: storage.diskMaxAge,
  horizonSeconds: outlook.horizon,
  stepSeconds: outlook.step,
});
const memory = openStorageMemory(config.knowledge.path, logger);
memory?.readInto(models);
const loop = new StorageLoop({
  sources: storage.ceph.map((one) => ({ name: one.name, source: openCephSource({ config: one, clock, logger }) })),
  models,
  clock,
  logger,
  intervalSeconds: storage.interval,
  historySeconds: storage.history,
  historyStepSeconds: training.step,
  onState: (state) => tell({ kind: 'state', state }),
  onFailure: (source) => tell({ kind: 'failure', source }),
  keep: (saved) => memory?.write(saved),
});
await Promise.all([loop.run(closing.signal), readNodeDisks(storage), readVolumes(storage)]);
parentPort?.close();

async function readNodeDisks({ nodeDisks, replacementRisk, diskMaxAge }: StorageConfig): Promise<void> {
  const source = openNodeDisks(nodeDisks, { clock, logger });
  if (source === undefined || nodeDisks.kind === 'none') return;
  const options = {
    source,
    // Longer than it is acted on: that it was not read any more is to be seen.
    models: new NodeDiskModels({ model: diskModel, replacementRisk, forgetSeconds: 7 * diskMaxAge }),
    clock,
    logger,
    everySeconds: nodeDisks.every,
    onDisks: (disks: readonly NodeDisk[]) => tell({ kind: 'node-disks', disks }),
    onFailure: () => tell({ kind: 'failure', source: `node disks (${nodeDisks.kind})` }),
  };
  await keepReadingDisks(options, closing.signal);
}

async function readVolumes({ interval, history }: StorageConfig): Promise<void> {
  const source = openVolumeSource({ config: config.source, clock, logger });
  if (source === undefined) return;
  const options = {
    source,
    models,
    clock,
    logger,
    // Kubelet measures volumes once a minute.
    everySeconds: Math.max(60, interval),
    historySeconds: history,
    historyStepSeconds: training.step,
  };
  await keepReadingVolumes(options, closing.signal);
}
