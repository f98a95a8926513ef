import { memoryView } from '../cluster/memory-view.ts';
import type { NodeView } from '../cluster/view.ts';
import { silentLogger } from '../core/log.ts';
import type { Outlook } from '../core/outlook.ts';
import { createExtender } from './extender.ts';
import { createReader } from './reader.ts';

const nodes = 512;
const steps = 24;
const mostCalls = 300;
const mostMilliseconds = 300;
const allocatable = { cpu: 16_000, memory: 2 ** 36 };

/**
 * Answers some hundred calls about a fleet that is made up, so that the engine has compiled what answers calls before the first real one comes: a tenth of
 * a second once, in place of calls that take ten times as long as later ones. Each kind of thread warms only what it will use: the engine would
 * compile for both kinds of tables, which is slower, if it had seen both.
 */
export async function warmUp(kind: 'writer' | 'reader'): Promise<void> {
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
  const bodies = ['1Gi', '40Gi'].map((memory) => bodyOf(names, memory));
  const end = performance.now() + mostMilliseconds;
  for (let call = 0; call < mostCalls && performance.now() < end; call += 1) {
    const body = bodies[call % bodies.length] ?? Buffer.alloc(0);
    answers.sent(await answers.filter(body));
    answers.sent(await answers.prioritize(body));
  }
  extender.close();
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
