import type { ContainerUsage } from '../collect/source.ts';
import { containerId } from '../core/workload.ts';

/** What one replica used in a step. */
export interface StepSample {
  readonly id: string;
  readonly pod: string;
  readonly cpu: number;
  readonly memory: number;
  /** Whether its memory ran out in the step, as far as the source knows. */
  readonly isKilled: boolean;
}

interface Cursor {
  readonly id: string;
  readonly usage: ContainerUsage;
  next: number;
}

/** The steps of a batch in ascending time, each with the samples of all containers; those that are empty or at most `afterSeconds` are left out. */
export function* inTime(
  containers: readonly ContainerUsage[],
  afterSeconds: number,
): Generator<{ readonly timeSeconds: number; readonly samples: StepSample[] }> {
  const cursors = containers.map((usage): Cursor => ({ id: containerId(usage.key), usage, next: 0 }));
  for (;;) {
    let timeSeconds = Number.POSITIVE_INFINITY;
    for (const { usage, next } of cursors) {
      timeSeconds = Math.min(timeSeconds, usage.times[next] ?? Number.POSITIVE_INFINITY);
    }
    if (timeSeconds === Number.POSITIVE_INFINITY) return;
    const samples = cursors.flatMap((cursor) => taken(cursor, timeSeconds) ?? []);
    if (timeSeconds > afterSeconds && samples.length > 0) yield { timeSeconds, samples };
  }
}

function taken(cursor: Cursor, timeSeconds: number): StepSample | undefined {
  const { id, usage, next } = cursor;
  if (usage.times[next] !== timeSeconds) return undefined;
  cursor.next += 1;
  const [cpu = Number.NaN, memory = Number.NaN] = [usage.cpuMillicores[next], usage.memoryBytes[next]];
  if (Number.isNaN(cpu) && Number.isNaN(memory)) return undefined;
  return { id, pod: usage.pod, cpu, memory, isKilled: usage.killed?.[next] === 1 };
}
