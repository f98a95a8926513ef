import { expect, test } from 'vitest';
import { guessWorkload } from '../../src/collect/guess-workload.ts';

test.each([
  ['my-web-app-6d4cf56db6-x7k2p', 'Deployment', 'my-web-app'],
  ['report-28491120-qm4zd', 'CronJob', 'report'],
  ['db-main-0', 'StatefulSet', 'db-main'],
  ['log-agent-x7k2p', 'DaemonSet', 'log-agent'],
  ['by-hand', 'Pod', 'by-hand'],
  // No generated name has vowels.
  ['the-house', 'Pod', 'the-house'],
  ['x', 'Pod', 'x'],
])('the pod %s is taken for one of a %s', (pod, kind, name) => {
  expect(guessWorkload('shop', pod)).toEqual({ namespace: 'shop', kind, name });
});
