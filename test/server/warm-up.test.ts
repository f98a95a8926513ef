import { expect, test } from 'vitest';
import { rehearsalOf } from '../../src/cli/rehearsal.ts';
import { defaultLimits } from '../../src/server/limits.ts';
import { type Credentials, credentialsOf } from '../../src/server/listener.ts';
import { type Rehearsal, rehearse } from '../../src/server/warm-up.ts';
import { newCertificates } from './support/edge.ts';

test.each(['writer', 'reader'] as const)(
  'a thread of either kind rehearses, and nothing is left behind: %s',
  async (kind) => {
    const before = active();
    const answers: number[] = [];
    const rehearsal = rehearsalOf(kind);
    const watched: Rehearsal = {
      ...rehearsal,
      onSent: (answer) => {
        answers.push(answer.length);
        rehearsal.onSent?.(answer);
      },
    };
    const made = await rehearse(watched, await testCredentials(), defaultLimits);
    expect(made).toBeGreaterThan(50);
    expect(answers.length).toBeGreaterThanOrEqual(made - 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(active()).toBeLessThanOrEqual(before + 1);
  },
);

test('a rehearsal that fails is over, and no reason not to serve', async () => {
  let isClosed = false;
  const failing: Rehearsal = {
    hot: {},
    calls: [{ path: '/extender/filter', body: Buffer.alloc(10) }],
    close: () => {
      isClosed = true;
    },
  };
  const broken = { ...(await testCredentials()), cert: 'no certificate' };
  await expect(rehearse(failing, broken, defaultLimits)).resolves.toBe(0);
  expect(isClosed).toBe(true);
});

function active(): number {
  return process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
}

async function testCredentials(): Promise<Credentials> {
  return credentialsOf((await newCertificates()).serving, undefined, Buffer.alloc(48));
}
