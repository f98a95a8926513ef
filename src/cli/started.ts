import type { Extender } from '../extender/extender.ts';
import type { RunningServer } from '../server/server.ts';
import type { DecisionWriter } from './decision-writer.ts';
import type { Parts } from './parts.ts';

const lingerSeconds = 3;

type Ended = 'storage' | 'knowledge' | 'cluster' | 'recorder' | 'events' | 'certificateSource';

/** What there is to end, as far as the start came. */
export interface Started extends Partial<{ -readonly [Part in Ended]: Parts[Part] }> {
  parts?: Parts;
  writer?: DecisionWriter;
  extender?: Extender;
  server?: RunningServer;
  chores?: readonly { stop(): void }[];
}

/** Ends in the order in which nothing that goes on misses what is gone; requests that are under way have `graceSeconds`. */
export async function end(started: Started, graceSeconds: number): Promise<void> {
  const { parts, cluster } = started;
  for (const chore of started.chores ?? []) chore.stop();
  // Load balancers move away first.
  await started.server?.close(graceSeconds, cluster === undefined ? 0 : lingerSeconds);
  started.extender?.close();
  await parts?.trainer?.close();
  await started.storage?.close();
  await cluster?.close();
  await started.events?.close();
  await started.certificateSource?.close();
  parts?.peers.close();
  await started.recorder?.close();
  await started.writer?.close();
  await started.knowledge?.close();
}
