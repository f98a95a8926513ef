import { madeUpExtender } from '../extender/warm-up.ts';
import type { Rehearsal } from '../server/warm-up.ts';
import { madeUpAdmission } from '../webhook/made-up.ts';

/** Calls of a scheduler and an API server in a cluster that is made up, for a thread of that kind: only the writer admits. */
export function rehearsalOf(kind: 'writer' | 'reader'): Rehearsal {
  const extender = madeUpExtender(kind);
  const calls = extender.bodies.flatMap((body) =>
    ['/extender/prioritize', '/extender/filter'].map((path) => ({ path, body })),
  );
  const hot = {
    '/extender/filter': (body: Buffer) => extender.filter(body),
    '/extender/prioritize': (body: Buffer) => extender.prioritize(body),
  };
  const rest = { onSent: (answer: Buffer) => extender.sent(answer), close: () => extender.close() };
  if (kind === 'reader') return { ...rest, hot, calls };
  const { body, answer } = madeUpAdmission();
  const review = { path: '/admission/pods', body };
  return { ...rest, hot: { ...hot, '/admission/pods': answer }, calls: [...calls, review, review, review, review] };
}
