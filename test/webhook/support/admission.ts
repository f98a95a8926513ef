import { type MemoryContents, type MemoryView, memoryView } from '../../../src/cluster/memory-view.ts';
import { manualClock } from '../../../src/core/clock.ts';
import type { Mode } from '../../../src/core/decision.ts';
import { silentLogger } from '../../../src/core/log.ts';
import type { ContainerForecast, Outlook, ResourceForecast } from '../../../src/core/outlook.ts';
import { parseQuantity } from '../../../src/core/quantity.ts';
import type { KnowledgeBase } from '../../../src/knowledge/knowledge.ts';
import { openSqlite } from '../../../src/knowledge/sqlite.ts';
import { admitPod, type PodAdmission } from '../../../src/webhook/admit-pods.ts';
import type { PodNotice } from '../../../src/webhook/events.ts';
import { QuotaLedger } from '../../../src/webhook/quota-ledger.ts';
import { createRecorder, type DecisionRecorder } from '../../../src/webhook/recorder.ts';
import { outlookOf } from '../../support/samples.ts';
import { applyPatch, type Operation } from './json-patch.ts';
import type { TestPod } from './pods.ts';

export const startSeconds = 1_700_600_060;

export interface AdmissionOptions extends MemoryContents {
  /** By container of Deployment `shop/web`, as `cpu memory`: `250m 300Mi`, what is needed at any risk. */
  readonly needs?: Readonly<Record<string, string>>;
  readonly forecasts?: ReadonlyMap<string, ContainerForecast>;
  readonly outlook?: Outlook | 'none';
  readonly mode?: Mode;
  readonly maxMode?: Mode;
  /** One of its own when left out. */
  readonly knowledge?: KnowledgeBase;
}

export interface Answer {
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  readonly patch: readonly Operation[];
  /** The pod with the patch applied. */
  readonly pod: TestPod;
}

export interface TestAdmission {
  readonly view: MemoryView;
  readonly clock: ReturnType<typeof manualClock>;
  readonly ledger: QuotaLedger;
  readonly knowledge: KnowledgeBase;
  readonly recorder: DecisionRecorder;
  readonly admission: PodAdmission;
  readonly counted: [outcome: string, reason: string][];
  readonly notices: PodNotice[];
  admit(pod: TestPod, request?: object): Answer;
  /** The raw answer to a raw body. */
  raw(body: string | Buffer): unknown;
}

/** Admission as the service wires it, over a cluster, forecasts and a knowledge base in memory. */
export async function admissionOf(options: AdmissionOptions = {}): Promise<TestAdmission> {
  const { mode = 'enforce', maxMode = 'enforce', outlook = outlookOf(7, []) } = options;
  const view = memoryView(options);
  const clock = manualClock(startSeconds);
  const knowledge = options.knowledge ?? (await openSqlite(':memory:'));
  const recorder = createRecorder(knowledge, silentLogger);
  const ledger = new QuotaLedger(() => clock.nowSeconds());
  const counted: [string, string][] = [];
  const notices: PodNotice[] = [];
  const forecasts = options.forecasts ?? forecastsOf(options.needs ?? {});
  let drawn = 0;
  const admission: PodAdmission = {
    world: () => ({
      view,
      outlook: outlook === 'none' ? undefined : outlook,
      forecasts,
      defaults: { mode, maxMode, objective: { cpuExceeded: 0.05, memoryExceeded: 0.01 } },
      maxOutlookAgeSeconds: 1800,
    }),
    ledger,
    recorder,
    events: { emit: (notice) => notices.push(notice), dropped: 0, close: async () => undefined },
    clock,
    random: () => {
      drawn += 1;
      return (drawn * 0.618034) % 1;
    },
    logger: silentLogger,
    count: (outcome, reason) => counted.push([outcome, reason]),
  };
  const raw = (body: string | Buffer): unknown => JSON.parse(admitPod(Buffer.from(body), admission).toString('utf8'));
  return {
    view,
    clock,
    ledger,
    knowledge,
    recorder,
    admission,
    counted,
    notices,
    raw,
    admit: (pod, request = {}) => read(pod, raw(JSON.stringify(reviewOf(pod, request)))),
  };
}

export function reviewOf(pod: unknown, request: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'shop',
      operation: 'CREATE',
      object: pod,
      dryRun: false,
      ...request,
    },
  };
}

function read(pod: TestPod, answer: unknown): Answer {
  const { response } = answer as { response: { allowed: boolean; warnings?: string[]; patch?: string } };
  const patch = response.patch === undefined ? [] : (JSON.parse(atob(response.patch)) as Operation[]);
  return { allowed: response.allowed, warnings: response.warnings ?? [], patch, pod: applyPatch(pod, patch) };
}

function forecastsOf(needs: Readonly<Record<string, string>>): ReadonlyMap<string, ContainerForecast> {
  return new Map(
    Object.entries(needs).map(([name, text]) => {
      const [cpu = '0', memory = '0'] = text.split(' ');
      const id = `shop/Deployment/web/${name}`;
      return [id, forecastOf(id, parseQuantity(cpu, 'cpu'), parseQuantity(memory, 'memory'))];
    }),
  );
}

/** A forecast that says the same at every risk. */
export function forecastOf(id: string, cpuMillicores: number, memoryBytes: number): ContainerForecast {
  const flat = (value: number): ResourceForecast => {
    const values = Float64Array.of(value, value);
    const steps = (of: number): Float32Array => new Float32Array(24).fill(of);
    const risks = Float64Array.of(0.001, 0.1);
    return { risks, lower: values, values, upper: values, mean: steps(value / 2), variance: steps(1), model: 'flat' };
  };
  return {
    id,
    cpu: flat(cpuMillicores),
    memory: flat(memoryBytes),
    fromSeconds: 1_700_000_000,
    toSeconds: 1_700_600_000,
    samples: 2000,
    version: 7,
  };
}
