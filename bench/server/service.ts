import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from '../../src/cli/service.ts';
import { memoryView } from '../../src/cluster/memory-view.ts';
import { configSchema } from '../../src/core/config.ts';
import { createLogger } from '../../src/core/log.ts';
import { openSqlite } from '../../src/knowledge/sqlite.ts';
import { forecastOf, nodeNames, nodeOf, outlookOf, podsOn, randomNumbers } from '../extender/world.ts';

/** What the process that serves tells the one that measures. */
export interface ServiceTold {
  readonly kind: 'serving';
  readonly url: string;
  readonly pid: number;
  readonly authority: string;
  /** From the start of the wiring to the first request that could be taken. */
  readonly readyMilliseconds: number;
}

// The whole product, wired as `barograph serve` wires it, on a cluster in memory and a knowledge base that was filled by hand.
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    workloads: { type: 'string', default: '20000' },
    'pods-per-node': { type: 'string', default: '4' },
    threads: { type: 'string' },
    address: { type: 'string', default: '127.0.0.1:0' },
    certs: { type: 'string' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'barograph-bench-'));
const names = nodeNames(Number(values.nodes));
const random = randomNumbers(7);
const outlook = outlookOf(names, random);
const knowledge = await openSqlite(join(folder, 'data'));
const workloads = Array.from({ length: Number(values.workloads) }, (_, at) => `vpa/Deployment/app-${String(at).padStart(5, '0')}`);
const ids = [...workloads, 'bench/Deployment/checkout', 'vpa/Deployment/checkout'];
const forecasts = ids.flatMap((id) => [forecastOf(`${id}/main`, random), forecastOf(`${id}/proxy`, random)]);
await knowledge.publish({ outlook: { ...outlook, containers: forecasts.length }, forecasts, withdrawn: [] });
await knowledge.close();
const view = memoryView({
  nodes: names.map(nodeOf),
  pods: names.flatMap((name, at) => podsOn(name, at, Number(values['pods-per-node']))),
});
const config = configSchema.parse({
  source: { kind: 'trace', path: folder },
  server: {
    address: values.address,
    certs: values.certs ?? join(folder, 'certs'),
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
const told: ServiceTold = {
  kind: 'serving',
  url: service.server.url,
  pid: process.pid,
  authority: service.authority,
  readyMilliseconds: performance.now() - began,
};
process.send?.(told);
if (process.send === undefined) process.stdout.write(`${JSON.stringify(told)}\n`);

async function end(): Promise<void> {
  await service.close(1);
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

process.on('SIGTERM', () => void end());
process.on('disconnect', () => void end());
