import { expect, test } from 'vitest';
import type { DemoResult } from '../../src/cli/demo/report.ts';
import { runCli } from '../journey/support/run-cli.ts';

test('the demo sizes and places its pods, and says what came after', async () => {
  const result = JSON.parse(await runCli(['demo', '--output', 'json'])) as DemoResult;
  const byName = Object.fromEntries(result.pods.map((pod) => [pod.pod, pod]));
  expect(Object.values(byName).every(({ node }) => node !== null)).toBe(true);
  const [web] = byName['shop/web']?.containers ?? [];
  expect(web?.got.requests.cpu).toBeLessThan(web?.asked.requests.cpu ?? 0);
  const [stream] = byName['media/stream']?.containers ?? [];
  expect(stream?.got.requests.cpu).toBeGreaterThan(stream?.asked.requests.cpu ?? Number.POSITIVE_INFINITY);
  expect(stream?.came.got.cpu?.exceeded).toBeLessThan(stream?.came.asked.cpu?.exceeded ?? 0);
  expect(byName['data/search']?.mode).toBe('observe');
  expect(byName['shop/loyalty']?.decision).toBeNull();
  expect(result.hotNodeMinutes.withBarograph).toBeLessThan(result.hotNodeMinutes.without);
}, 120_000);
