import { memoryView } from '../cluster/memory-view.ts';
import type { NodeView } from '../cluster/view.ts';
import { silentLogger } from '../core/log.ts';
import type { Outlook } from '../core/outlook.ts';
import { createExtender } from './extender.ts';
import { createReader } from './reader.ts';

const nodes = 512;
const steps = 24;
const allocatable = { cpu: 16_000, memory: 2 ** 36 };

/** An extender of a fleet that is made up, and calls to it. */
export interface MadeUpExtender {
  /** Calls to filter and prioritize, of which one pod fits everywhere and one does not. */
  readonly bodies: readonly Buffer[];
  filter(body: Buffer): Buffer | Promise<Buffer>;
  prioritize(body: Buffer): Buffer | Promise<Buffer>;
  sent(answer: Buffer): void;
  close(): void;
}

/**
 * For answering some calls before the first real one comes, so that the engine has compiled what answers them. Each kind of thread warms only what it will
 * use: the engine would compile for both kinds of tables, which is slower, if it had seen both.
 */
export function madeUpExtender(kind: 'writer' | 'reader'): MadeUpExtender {
  const names = Array.from({ length: nodes }, (_, at) => `node-${String(at).padStart(4, '0')}`);
  const nodeOf = (name: string): NodeView => ({ name, labels: {}, allocatable, schedulable: true, ready: true });
  const settings = {
    clock: { nowSeconds: () => 0 },
    logger: silentLogger,
    maxOutlookAgeSeconds: 1,
    targetUtilisation: 0.8,
    refuse: true,
    count: () => undefined,
  };
  const view = memoryView({ nodes: names.map(nodeOf) });
  const forecasts = new Map<string, never>();
  const extender = createExtender({ ...settings, view, forecasts, onPlaced: () => undefined, threads: 2 });
  extender.use(outlookOf(names));
  const answers = kind === 'writer' ? extender : createReader({ ...settings, seat: extender.others.seat(2) });
  return {
    bodies: ['1Gi', '40Gi'].map((memory) => bodyOf(names, memory)),
    filter: (body) => answers.filter(body),
    prioritize: (body) => answers.prioritize(body),
    sent: (answer) => answers.sent(answer),
    close: () => extender.close(),
  };
}

/** From idle to full, so that every branch is taken. */
function outlookOf(names: readonly string[]): Outlook {
  const matrix = (most: number): Float32Array =>
    Float32Array.from({ length: nodes * steps }, (_, at) => (most * Math.floor(at / steps)) / nodes);
  const mean = { cpu: matrix(allocatable.cpu), memory: matrix(allocatable.memory) };
  const spread = (value: number): number => (value / 10) ** 2;
  const variance = { cpu: mean.cpu.map(spread), memory: mean.memory.map(spread) };
  const times = { version: 1, madeSeconds: 0, dataSeconds: 0, horizonStartSeconds: 0, stepSeconds: 1800, steps };
  return { ...times, containers: 0, nodes: { names, attributed: true, mean, variance } };
}

function bodyOf(names: readonly string[], memory: string): Buffer {
  const metadata = {
    name: 'web-1-a',
    namespace: 'default',
    uid: 'a',
    labels: { 'pod-template-hash': '1' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'b', controller: true }],
  };
  const spec = { containers: [{ name: 'main', resources: { requests: { cpu: '1', memory } } }] };
  return Buffer.from(`${JSON.stringify({ Pod: { metadata, spec }, Nodes: null, NodeNames: names })}\n`);
}
