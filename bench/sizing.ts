import { Training } from '../src/train/training.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { startSeconds, stepSeconds, stepsPerDay, usage } from './series.ts';
import { rounded, timed } from './stopwatch.ts';

/** So many are trained; figures are for ten times as many, since none depends on another. */
const containers = 2000;
const factor = 10;
const historyDays = 28;
const stepsPerHour = 12;
const hours = 3;

/** What an hour of a large cluster costs once a month of it is known: its twelve steps, as many Outlooks, its checkpoint, and what all that holds. */
export const sizingBenchmark: Benchmark = {
  name: 'sizing',
  description: `an hourly refresh of ${containers * factor} containers after ${historyDays} days, on one thread, by ${containers} (long)`,
  isLong: true,
  async run(): Promise<readonly Row[]> {
    const training = new Training({
      stepSeconds,
      outlookStepSeconds: 1800,
      outlookSteps: 24,
      forgetAfterSeconds: 1e7,
      promised: { cpu: 0.01, memory: 0.001 },
      renewedSeconds: 86_400,
    });
    const before = heldMebibytes();
    const historySteps = historyDays * stepsPerDay;
    const history = await timed(() => {
      for (let step = 0; step < historySteps; step += stepsPerDay / 4)
        training.take(usage(containers, step, stepsPerDay / 4));
    });
    training.checkpoint()?.kept();
    const held = heldMebibytes() - before;
    let [take, outlook, checkpoint, bytes] = [0, 0, 0, 0];
    for (let step = historySteps; step < historySteps + hours * stepsPerHour; step += 1) {
      const batch = usage(containers, step, 1);
      take += (await timed(() => training.take(batch))).milliseconds;
      const now = startSeconds + (step + 1) * stepSeconds;
      outlook += (await timed(() => training.outlook(step, now))).milliseconds;
      if (step % stepsPerHour !== stepsPerHour - 1) continue;
      const made = await timed(() => training.checkpoint());
      checkpoint += made.milliseconds;
      bytes = made.result?.checkpoint.models.reduce((sum, { state }) => sum + state.byteLength, 0) ?? 0;
      made.result?.kept();
    }
    const seconds = (milliseconds: number): number => rounded((milliseconds * factor) / hours / 1000);
    return [
      {
        containers: containers * factor,
        'steps of an hour, s': seconds(take),
        'its 12 Outlooks, s': seconds(outlook),
        'its checkpoint, s': seconds(checkpoint),
        'in all, s': seconds(take + outlook + checkpoint),
        'models in memory, MiB': Math.round(held * factor),
        'checkpoint, MiB': Math.round((bytes * factor) / 2 ** 20),
        'learning a day, s': rounded((history.milliseconds * factor) / historyDays / 1000),
      },
    ];
  },
};

/** Live objects and buffers; exact where the garbage collector can be called (node --expose-gc). */
function heldMebibytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
