import type { WorkloadKey } from '../../core/workload.ts';

/** A pod of the demo as its owner wrote it. */
export interface StoryPod {
  readonly workload: WorkloadKey;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: readonly StoryContainer[];
  /** What makes this one worth showing. */
  readonly point: string;
}

export interface StoryContainer {
  readonly name: string;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** The demo plays this hour of the recordings: nine days of history before it, more than four after it. */
export const storyStart = '2024-01-10T09:00:00Z';
/** How long the pods run, for what is said of them afterwards: the horizon of a forecast. */
export const storyHours = 12;

export const storyNodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `node-${letter}`);
export const storyNodeResources = { cpu: '16', memory: '64Gi' } as const;
/** What `barograph install --print-scheduler` proposes. */
export const schedulerWeight = 5;

const keep = { 'slo.barograph.dev/cpu-exceeded': '1%', 'slo.barograph.dev/memory-exceeded': '0.1%' };

export const storyPods: readonly StoryPod[] = [
  {
    workload: { namespace: 'shop', kind: 'Deployment', name: 'web' },
    annotations: keep,
    containers: [
      { name: 'app', requests: { cpu: '4', memory: '4Gi' }, limits: { memory: '4Gi' } },
      { name: 'proxy', requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '512Mi' } },
    ],
    point: 'asked for far too much, to be safe',
  },
  {
    workload: { namespace: 'media', kind: 'Deployment', name: 'stream' },
    annotations: keep,
    containers: [{ name: 'app', requests: { cpu: '500m', memory: '768Mi' }, limits: { memory: '1200Mi' } }],
    point: 'asked for far too little',
  },
  {
    workload: { namespace: 'shop', kind: 'Deployment', name: 'payment' },
    annotations: { ...keep, 'slo.barograph.dev/cpu-exceeded': '0.1%' },
    containers: [{ name: 'app', requests: { cpu: '1500m', memory: '1Gi' }, limits: { cpu: '1500m', memory: '1Gi' } }],
    point: 'Guaranteed, 0.1 % of windows: request and limit move together',
  },
  {
    workload: { namespace: 'media', kind: 'Deployment', name: 'transcode' },
    annotations: { ...keep, 'barograph.dev/bounds': 'cpu 500m..2, memory ..4Gi' },
    containers: [{ name: 'app', requests: { cpu: '4', memory: '8Gi' }, limits: { memory: '8Gi' } }],
    point: 'with bounds of its own: at most 2 CPUs',
  },
  {
    workload: { namespace: 'shop', kind: 'Deployment', name: 'cart' },
    annotations: { ...keep, 'slo.barograph.dev/cpu-exceeded': '5%' },
    containers: [{ name: 'app', requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '2Gi' } }],
    point: 'takes more risk, and costs less for it',
  },
  {
    workload: { namespace: 'data', kind: 'StatefulSet', name: 'search' },
    annotations: { ...keep, 'barograph.dev/mode': 'observe' },
    containers: [{ name: 'engine', requests: { cpu: '3', memory: '8Gi' }, limits: { memory: '8Gi' } }],
    point: 'told what would change, left as it is',
  },
  {
    workload: { namespace: 'shop', kind: 'Deployment', name: 'loyalty' },
    annotations: keep,
    containers: [{ name: 'app', requests: { cpu: '250m', memory: '256Mi' } }],
    point: 'new: nothing is known of it',
  },
];
