import { type Course, courseOf, smoothed } from './course.ts';
import { madeUpStart, type Recorded } from './sources.ts';

export interface DemoSeries {
  /** As in a trace. */
  readonly series: string;
  readonly rows: readonly {
    readonly timeSeconds: number;
    readonly cpuMillicores: number;
    readonly memoryBytes: number;
  }[];
}

interface Shape {
  readonly series: string;
  /** Whose course its CPU takes, and by how many hours it is moved. */
  readonly cpu: string;
  readonly hours?: number;
  /** Millicores at the 1st and the 99th percentile. */
  readonly idle: number;
  readonly busy: number;
  /** MiB when nothing goes on, and what comes on top. */
  readonly memory: number;
  readonly swing: number;
}

/** Containers of an imaginary shop: whose course each takes, and its made-up level. */
export const demoContainers: readonly Shape[] = [
  { series: 'shop/Deployment/web/app', cpu: 'crane-2', idle: 60, busy: 1400, memory: 380, swing: 260 },
  { series: 'shop/Deployment/web/proxy', cpu: 'crane-2', hours: 0, idle: 10, busy: 220, memory: 48, swing: 30 },
  { series: 'shop/Deployment/cart/app', cpu: 'crane-1', idle: 40, busy: 900, memory: 300, swing: 180 },
  { series: 'shop/Deployment/catalogue/app', cpu: 'crane-0', idle: 90, busy: 1100, memory: 700, swing: 220 },
  { series: 'shop/Deployment/payment/app', cpu: 'crane-4', idle: 20, busy: 450, memory: 256, swing: 90 },
  { series: 'shop/Deployment/mail/app', cpu: 'ec2-fe7f93', idle: 15, busy: 650, memory: 160, swing: 120 },
  { series: 'shop/StatefulSet/orders-db/postgres', cpu: 'rds-e47b3b', idle: 300, busy: 900, memory: 2300, swing: 500 },
  { series: 'shop/StatefulSet/session-store/redis', cpu: 'rds-cc0c53', idle: 120, busy: 420, memory: 1400, swing: 320 },
  { series: 'media/Deployment/thumbnails/app', cpu: 'crane-6', idle: 30, busy: 2100, memory: 420, swing: 700 },
  { series: 'media/Deployment/transcode/app', cpu: 'ec2-77c1ca', idle: 25, busy: 2800, memory: 900, swing: 900 },
  { series: 'media/Deployment/stream/app', cpu: 'asg', idle: 250, busy: 1900, memory: 1100, swing: 350 },
  { series: 'data/StatefulSet/search/engine', cpu: 'ec2-5f5533', idle: 1100, busy: 1700, memory: 3100, swing: 400 },
  { series: 'data/Deployment/collector/app', cpu: 'crane-7', idle: 60, busy: 380, memory: 210, swing: 60 },
  { series: 'data/DaemonSet/log-agent/agent', cpu: 'crane-3', idle: 35, busy: 95, memory: 120, swing: 25 },
];

/** Nodes of 16 cores and 64 GiB: what runs on them beside the shop. */
export const demoNodes: readonly Shape[] = [
  { series: 'node:node-a', cpu: 'crane-2', idle: 2400, busy: 11_500, memory: 14_000, swing: 9000 },
  { series: 'node:node-b', cpu: 'crane-2', hours: 12, idle: 2200, busy: 11_800, memory: 13_000, swing: 9500 },
  { series: 'node:node-c', cpu: 'crane-0', idle: 1800, busy: 10_500, memory: 16_000, swing: 7000 },
  { series: 'node:node-d', cpu: 'crane-0', hours: 10, idle: 2000, busy: 12_000, memory: 17_000, swing: 8000 },
  { series: 'node:node-e', cpu: 'alibaba-2018', idle: 4200, busy: 9800, memory: 24_000, swing: 9000 },
  { series: 'node:node-f', cpu: 'google-2019', idle: 5200, busy: 8200, memory: 20_000, swing: 6000 },
  { series: 'node:node-g', cpu: 'azure-2019', idle: 4600, busy: 7400, memory: 26_000, swing: 5000 },
  { series: 'node:node-h', cpu: 'asg', hours: 6, idle: 1500, busy: 11_000, memory: 12_000, swing: 6000 },
];

export const demoRange = { startSeconds: madeUpStart, endSeconds: madeUpStart + 14 * 86_400, stepSeconds: 300 };

const hour = 3600;
const mebibyte = 2 ** 20;

/**
 * Two weeks on one clock. CPU takes the recorded course of its source; memory is made up: four tenths of its swing are the recorded memory of a data centre, six
 * tenths its own CPU, smoothed with a half-life of two hours.
 */
export function makeDemo(shapes: readonly Shape[], sources: readonly Recorded[]): DemoSeries[] {
  return shapes.map((shape, index) => {
    const cpu = courseOf(find(sources, shape.cpu), 'cpu', (shape.hours ?? 0) * hour);
    // Every series starts elsewhere in the memory of the data centres, a whole number of hours.
    const memoryName = index % 2 === 0 ? 'google-2019' : 'alibaba-2018';
    const recorded = courseOf(find(sources, memoryName), 'memory', index * 29 * hour);
    return { series: shape.series, rows: rowsOf(shape, cpu, recorded) };
  });
}

function rowsOf(shape: Shape, cpu: Course, recordedMemory: Course): DemoSeries['rows'] {
  const { startSeconds, endSeconds, stepSeconds } = demoRange;
  const lately = smoothed(cpu, startSeconds, 2 * hour);
  const rows = [];
  for (let time = startSeconds + stepSeconds; time <= endSeconds; time += stepSeconds) {
    const level = 0.4 * recordedMemory(time) + 0.6 * lately(time);
    rows.push({
      timeSeconds: time,
      cpuMillicores: Math.max(0, shape.idle + (shape.busy - shape.idle) * cpu(time)),
      memoryBytes: Math.max(0, shape.memory + shape.swing * level) * mebibyte,
    });
  }
  return rows;
}

function find(sources: readonly Recorded[], name: string): Recorded {
  const found = sources.find((source) => source.name === name);
  if (found === undefined) throw new RangeError(`expected a source named ${name}`);
  return found;
}
