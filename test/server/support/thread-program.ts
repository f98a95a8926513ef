import { threadId, workerData } from 'node:worker_threads';
import { BarographError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/log.ts';
import type { ThreadServing } from '../../../src/server/thread-messages.ts';
import { serveOnThread } from '../../../src/server/thread-server.ts';

// A serving thread that says who it is, and dies when it is told to.
const { serving } = workerData as { readonly serving: ThreadServing };

await serveOnThread(
  serving,
  (meter) => ({
    hot: {
      '/extender/filter': () => {
        meter.countExtender('filter', 'kept');
        return Buffer.from(JSON.stringify({ thread: threadId }));
      },
      '/die': () => {
        setImmediate(() => {
          throw new BarographError('INTERNAL', 'told to die');
        });
        return Buffer.from('{}');
      },
    },
  }),
  silentLogger,
);
