import { availableParallelism } from 'node:os';
import type { History } from './history.ts';
import { Meter, type Progress } from './meter.ts';
import { type Outcome, outcomeOf, type Part } from './outcome.ts';
import { type Bout, isIndependent, weightOf } from './plan.ts';
import { ReplayThread } from './replay-threads.ts';
import { runCommand } from './run-bout.ts';

/** Fewer containers than this are not worth splitting. */
const leastShard = 50;

/** A part of a replay: containers [from, to) of one of the plan's bouts. */
interface Task {
  readonly bout: Bout;
  readonly of: number;
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/**
 * Runs all replays of a plan, as many at once as there are cores, the longest first and split where the policy allows it; gives their outcomes in the plan's
 * order. Throws POLICY_FAILED and USAGE_WRONG of the first that fails.
 */
export async function runAll(
  history: History,
  bouts: readonly Bout[],
  onProgress: (progress: Progress) => void = () => {},
): Promise<Outcome[]> {
  const lanes = Math.max(1, availableParallelism());
  const tasks = bouts.flatMap((bout, of) => tasksOf(bout, of, history.ids.length, lanes));
  const parts: (Part | undefined)[] = tasks.map(() => undefined);
  const meter = new Meter(
    tasks.map(({ weight }) => weight),
    onProgress,
  );
  const waiting = [...tasks.keys()].sort((a, b) => (tasks[b]?.weight ?? 0) - (tasks[a]?.weight ?? 0));
  const lane = async (): Promise<void> => {
    const thread = new ReplayThread(history);
    try {
      for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
        const task = tasks[i];
        if (task !== undefined) parts[i] = await run(history, task, thread, meter.of(i));
        meter.of(i)(1);
      }
    } catch (error) {
      waiting.length = 0;
      throw error;
    } finally {
      await thread.close();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
  return bouts.map((bout, of) => {
    const own = parts.filter((part, i) => part !== undefined && tasks[i]?.of === of);
    return outcomeOf(
      bout,
      own.filter((part) => part !== undefined),
    );
  });
}

function tasksOf(bout: Bout, of: number, containers: number, lanes: number): Task[] {
  const shards = isIndependent(bout) ? Math.max(1, Math.min(lanes, Math.floor(containers / leastShard))) : 1;
  return Array.from({ length: shards }, (_, s) => ({
    bout,
    of,
    from: Math.floor((s * containers) / shards),
    to: Math.floor(((s + 1) * containers) / shards),
    weight: weightOf(bout) / shards,
  }));
}

function run(history: History, task: Task, thread: ReplayThread, onProgress: (share: number) => void): Promise<Part> {
  const { bout, from, to } = task;
  return bout.contender.kind === 'command'
    ? runCommand(history, bout, bout.contender.command, onProgress)
    : thread.run({ bout, from, to }, onProgress);
}
