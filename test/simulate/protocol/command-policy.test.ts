import { describe, expect, test } from 'vitest';
import type { PolicySetup, PolicyStep } from '../../../src/simulate/policy.ts';
import { CommandPolicy } from '../../../src/simulate/protocol/command-policy.ts';

const setup: PolicySetup = {
  stepSeconds: 300,
  objective: { cpuExceeded: 0.01, memoryExceededPerDay: 0.12 },
  series: [{ id: 'web', capacity: { cpu: 1000, memory: 2 ** 30 } }],
};
const step: PolicyStep = {
  timeSeconds: 300,
  usage: { cpu: Float64Array.of(100), memory: Float64Array.of(Number.NaN) },
  killed: [],
};

/** A program of Node that gets the driver's lines as `lines`, one at a time. */
function program(body: string): string {
  const frame = `const {createInterface}=require('node:readline');(async()=>{for await(const text of createInterface({input:process.stdin})){const line=JSON.parse(text);${body}}})()`;
  return `'${process.execPath}' -e "${frame.replace(/["\\$`]/g, '\\$&')}"`;
}

const ready = `if(line.type==='reset'){console.log('{"type":"ready","policy":"mine"}');continue}`;
const half = '{"lower":[null],"target":[7.5],"upper":[null]}';

describe('a policy that is a program', () => {
  test('is told everything and answers', async () => {
    const policy = new CommandPolicy(
      program(
        `${ready}if(line.memoryBytes[0]!==null||line.time!==300)process.exit(3);if(line.reply)console.log('{"type":"recommendation","cpuMillicores":${half},"memoryBytes":${half}}')`,
      ),
    );
    expect(await policy.reset(setup)).toBe('mine');
    expect(await policy.step(step, false)).toBeUndefined();
    const advice = await policy.step(step, true);
    expect(advice?.cpu).toEqual({
      lower: Float64Array.of(Number.NaN),
      target: Float64Array.of(7.5),
      upper: Float64Array.of(Number.NaN),
    });
    await policy.close();
  });

  test.each([
    ['ends before it answers', `${ready}process.exit(4)`, /ended before it answered \(exit status 4\)/],
    ['is killed', `${ready}process.kill(process.pid,'SIGKILL')`, /ended before it answered \(ended by SIGKILL\)/],
    ['answers with no JSON', `${ready}console.log('hello')`, /a policy answered 'hello'; expected a JSON object/],
    [
      'answers with another line',
      `${ready}console.log('{"type":"ready"}')`,
      /expected a line of type 'recommendation'/,
    ],
    [
      'answers for too few',
      `${ready}console.log('{"type":"recommendation","cpuMillicores":{"lower":[],"target":[],"upper":[]}}')`,
      /an array 'cpuMillicores.lower' of 1/,
    ],
    [
      'answers with a target below zero',
      `${ready}console.log('{"type":"recommendation","cpuMillicores":${half.replace('7.5', '-1')},"memoryBytes":${half}}')`,
      /'cpuMillicores.target\[0\]' to be null or a number of at least 0/,
    ],
  ])('one that %s fails the replay and says so', async (_, body, message) => {
    const policy = new CommandPolicy(program(body));
    await policy.reset(setup);
    await expect(policy.step(step, true)).rejects.toMatchObject({
      code: 'POLICY_FAILED',
      message: expect.stringMatching(message),
    });
    policy.kill();
  });

  test('one that ends with another status than 0 fails', async () => {
    const policy = new CommandPolicy(program(`${ready}`).replace(/"$/, '.then(()=>process.exit(5))"'));
    await policy.reset(setup);
    await expect(policy.close()).rejects.toThrow('exit status 5');
  });

  test('one that is not there fails', async () => {
    const policy = new CommandPolicy('barograph-no-such-program --fast');
    await expect(policy.reset(setup)).rejects.toThrow(/barograph-no-such-program.*cannot be started/);
  });
});
