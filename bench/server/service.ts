import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from '../../src/cli/service.ts';
import { type MemoryView, memoryView } from '../../src/cluster/memory-view.ts';
import { configSchema } from '../../src/core/config.ts';
import { createLogger } from '../../src/core/log.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { forecastOf, nodeNames, nodeOf, outlookOf, podsOn, randomNumbers } from '../extender/world.ts';
import { answerCpu, tell } from './child.ts';
import { workloadName } from './reviews.ts';

// The whole product, wired as `barograph serve` wires it, on a cluster in memory and a knowledge base that was filled by hand.
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    workloads: { type: 'string', default: '20000' },
    'pods-per-node': { type: 'string', default: '4' },
    threads: { type: 'string' },
    address: { type: 'string', default: '127.0.0.1:0' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'barograph-bench-'));
const names = nodeNames(Number(values.nodes));
const random = randomNumbers(7);
const outlook = outlookOf(names, random);
const knowledge = await openSqlite(join(folder, 'data'));
const workloads = Array.from({ length: Number(values.workloads) }, (_, at) => `vpa/Deployment/${workloadName(at)}`);
const ids = [...workloads, 'bench/Deployment/checkout', 'vpa/Deployment/checkout'];
const forecasts = ids.flatMap((id) => [forecastOf(`${id}/main`, random), forecastOf(`${id}/proxy`, random)]);
await knowledge.publish({ outlook: { ...outlook, containers: forecasts.length }, forecasts, withdrawn: [] });
const held = memoryView({
  nodes: names.map(nodeOf),
  pods: names.flatMap((name, at) => podsOn(name, at, Number(values['pods-per-node']))),
});
// A cluster that is watched keeps its largest node; one in memory looks through all of them at each admission.
const largest = held.largestNode('linux');
const view: MemoryView = Object.defineProperty(held, 'largestNode', { value: () => largest });
const config = configSchema.parse({
  source: { kind: 'trace', path: folder },
  server: {
    address: values.address,
    certs: join(folder, 'certs'),
    hosts: ['127.0.0.1', 'localhost'],
    ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
  },
  knowledge: { kind: 'sqlite', path: join(folder, 'data') },
  training: { enabled: false },
  mode: 'enforce',
  outlook: { maxAge: '7d' },
});
const began = performance.now();
const logger = createLogger('warn');
const service = await startService(config, { logger, startedMilliseconds: performance.timeOrigin, view });
const readyMilliseconds = performance.now() - began;
tell({ kind: 'serving', port: service.server.port, authority: service.authority, readyMilliseconds });
let version = outlook.version;

/** Publishes the same Outlook under a newer version: to the disk, and then from there to all threads. */
async function publish(): Promise<void> {
  version += 1;
  const start = performance.now();
  await knowledge.publish({ outlook: { ...outlook, version, containers: forecasts.length }, forecasts, withdrawn: [] });
  const published = performance.now();
  await service.outlook.update();
  const publishMilliseconds = published - start;
  tell({ kind: 'published', publishMilliseconds, swapMilliseconds: performance.now() - published });
}

async function end(): Promise<void> {
  await service.close(1);
  await knowledge.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

process.on('message', (question) => {
  answerCpu(question);
  if (question === 'publish') void publish();
});
process.on('SIGTERM', () => void end());
process.on('disconnect', () => void end());
