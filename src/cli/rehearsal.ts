import { madeUpExtender } from '../extender/warm-up.ts';
import type { Rehearsal } from '../server/warm-up.ts';

/** Calls of a scheduler about a fleet that is made up, for a thread of that kind. */
export function rehearsalOf(kind: 'writer' | 'reader'): Rehearsal {
  const extender = madeUpExtender(kind);
  const calls = extender.bodies.flatMap((body) =>
    ['/extender/prioritize', '/extender/filter'].map((path) => ({ path, body })),
  );
  return {
    hot: {
      '/extender/filter': (body) => extender.filter(body),
      '/extender/prioritize': (body) => extender.prioritize(body),
    },
    onSent: (answer) => extender.sent(answer),
    calls,
    close: () => extender.close(),
  };
}
