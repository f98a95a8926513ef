import { parentPort, workerData } from 'node:worker_threads';
import { silentLogger } from '../../../src/core/log.ts';
import { createReader } from '../../../src/extender/reader.ts';
import type { ReaderSeat } from '../../../src/extender/reader-messages.ts';
import { startSeconds } from './outlook.ts';

// Makes one call again and again until it is told to stop, and says when it got a second one that differs, and at
// the end which different answers it got.
const { seat, body } = workerData as { readonly seat: ReaderSeat; readonly body: Uint8Array };

const reader = createReader({
  seat,
  clock: { nowSeconds: () => startSeconds },
  logger: silentLogger,
  maxOutlookAgeSeconds: 3600,
  targetUtilisation: 0.8,
  refuse: true,
  count: () => undefined,
});
const call = Buffer.from(body);
const answers = new Map<string, number>();
let isOver = false;
parentPort?.on('message', () => {
  isOver = true;
});
while (!isOver) {
  for (let i = 0; i < 20; i += 1) {
    const answer = await reader.prioritize(call);
    const text = answer.toString();
    answers.set(text, (answers.get(text) ?? 0) + 1);
    if (answers.size === 2 && answers.get(text) === 1) parentPort?.postMessage('varied');
    reader.sent(answer);
  }
  await new Promise((resolve) => setImmediate(resolve));
}
parentPort?.postMessage({ answers: [...answers.keys()], calls: [...answers.values()].reduce((a, b) => a + b, 0) });
parentPort?.close();
seat.port.close();
