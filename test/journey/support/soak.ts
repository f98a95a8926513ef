import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BarographError } from '../../../src/core/errors.ts';
import { type LoadResult, startLoad } from './load.ts';
import type { Served } from './served.ts';

export interface SoakFigures {
  readonly seconds: number;
  readonly admissions: LoadResult;
  readonly extenderCalls: LoadResult;
  /** Resident memory of the server, MiB: mean of the second and of the last quarter of the time. */
  readonly earlyMebibytes: number;
  readonly lateMebibytes: number;
}

const perSecond = 50;
const mebibyte = 2 ** 20;

/** So many admissions and as many extender calls a second for some time, each about another pod, while memory is watched. */
export async function soak(
  served: Served,
  seconds: number,
  services: number,
  nodes: readonly string[],
): Promise<SoakFigures> {
  const agent = new Agent({ ca: readFileSync(join(served.certs, 'ca.crt'), 'utf8'), keepAlive: true, maxSockets: 8 });
  const began = performance.now();
  const [admissions, extenderCalls, samples] = [[] as LoadResult[], [] as LoadResult[], [] as number[]];
  let number = 0;
  try {
    while (performance.now() - began < seconds * 1000) {
      // A load ends by itself after a minute: one after the other makes an hour.
      const [admitting, extending] = [
        startLoad(
          async () => expectPatch(await post(agent, served, '/admission/pods', review(number++, services))),
          perSecond,
        ),
        startLoad(
          async () =>
            expectScores(await post(agent, served, '/extender/prioritize', scoring(number++, services, nodes)), nodes),
          perSecond,
        ),
      ];
      const end = Math.min(performance.now() + 55_000, began + seconds * 1000);
      while (performance.now() < end) {
        samples.push(residentMebibytes(served.pid));
        await sleep(Math.max(250, seconds));
      }
      admissions.push(await admitting.stop());
      extenderCalls.push(await extending.stop());
    }
  } finally {
    agent.destroy();
  }
  const quarter = Math.floor(samples.length / 4);
  return {
    seconds: (performance.now() - began) / 1000,
    admissions: together(admissions),
    extenderCalls: together(extenderCalls),
    earlyMebibytes: mean(samples.slice(quarter, 2 * quarter)),
    lateMebibytes: mean(samples.slice(-quarter)),
  };
}

function review(number: number, services: number): object {
  const pod = podOf(number, services);
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const request = { uid: `soak-${number}`, kind, namespace: 'shop', operation: 'CREATE', object: pod, dryRun: false };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}

function scoring(number: number, services: number, nodes: readonly string[]): object {
  return { Pod: podOf(number, services), Nodes: null, NodeNames: nodes };
}

function podOf(number: number, services: number): object {
  const name = `service-${number % services}-6f5d8c9b7`;
  const annotations = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };
  return {
    metadata: {
      name: `${name}-${number}`,
      namespace: 'shop',
      annotations,
      labels: { 'pod-template-hash': '6f5d8c9b7' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true }],
    },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'example.org/app:1',
          resources: { requests: { cpu: `${3000 + (number % 7)}m`, memory: '4Gi' } },
        },
      ],
    },
  };
}

function expectPatch(answer: string): void {
  if (answer.includes('"patch":')) return;
  throw new BarographError('REQUEST_INVALID', `expected a patch, received ${answer.slice(0, 200)}`);
}

function expectScores(answer: string, nodes: readonly string[]): void {
  if ((JSON.parse(answer) as unknown[]).length === nodes.length) return;
  throw new BarographError('REQUEST_INVALID', `expected ${nodes.length} scores, received ${answer.slice(0, 200)}`);
}

function post(agent: Agent, { url }: Served, path: string, body: object): Promise<string> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, { method: 'POST', agent, headers, timeout: 10_000 }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(answer);
        else
          reject(
            new BarographError('REQUEST_INVALID', `${path} answered ${response.statusCode}: ${answer.slice(0, 200)}`),
          );
      });
    });
    call.on('timeout', () => call.destroy(new BarographError('SERVER_BUSY', `${path} took more than 10 s`)));
    call.on('error', reject);
    call.end(text);
  });
}

function together(results: readonly LoadResult[]): LoadResult {
  const medians = results.map(({ medianMilliseconds }) => medianMilliseconds).sort((a, b) => a - b);
  return {
    calls: results.reduce((sum, { calls }) => sum + calls, 0),
    failures: results.flatMap(({ failures }) => failures),
    medianMilliseconds: medians[Math.floor(medians.length / 2)] ?? Number.NaN,
    highestMilliseconds: Math.max(...results.map(({ highestMilliseconds }) => highestMilliseconds)),
  };
}

function residentMebibytes(pid: number | undefined): number {
  const [, kibibytes = ''] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / mebibyte;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
