import { workerData } from 'node:worker_threads';
import { clockOf } from '../core/config.ts';
import { createLogger } from '../core/log.ts';
import { createReader } from '../extender/reader.ts';
import { serveOnThread } from '../server/thread-server.ts';
import { rehearsalOf } from './rehearsal.ts';
import type { ServingThreadData } from './service-threads.ts';

// A serving thread: answers for the extender from what the main thread publishes.
const { config, startedMilliseconds, seat, serving } = workerData as ServingThreadData;
const logger = createLogger(config.log.level);

await serveOnThread(
  serving,
  (meter, handOn) => {
    const reader = createReader({
      seat,
      clock: clockOf(config, startedMilliseconds),
      logger,
      maxOutlookAgeSeconds: config.outlook.maxAge,
      targetUtilisation: config.extender.targetUtilisation,
      refuse: config.extender.refuse,
      count: (verb, outcome) => meter.countExtender(verb, outcome),
    });
    const handed = { filter: handOn('/extender/filter'), prioritize: handOn('/extender/prioritize') };
    return {
      hot: {
        '/extender/filter': (body) => (reader.isForWriter(body) ? handed.filter(body) : reader.filter(body)),
        '/extender/prioritize': (body) =>
          reader.isForWriter(body) ? handed.prioritize(body) : reader.prioritize(body),
      },
      onSent: (answer) => reader.sent(answer),
    };
  },
  logger,
  () => rehearsalOf('reader'),
);
