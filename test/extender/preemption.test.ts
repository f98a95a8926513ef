import { expect, test } from 'vitest';
import { preemptAnswer, readPreemptCall } from '../../src/extender/preemption.ts';
import { preemptBody } from './support/bodies.ts';

function read(body: unknown) {
  return readPreemptCall(Buffer.from(JSON.stringify(body)));
}

test('an answer holds the victims as they were sent', () => {
  const { candidates } = readPreemptCall(preemptBody({}, { b: ['u1', 'u2'], a: [] }));
  expect(JSON.parse(preemptAnswer(candidates).toString())).toEqual({
    NodeNameToMetaVictims: {
      b: { Pods: [{ UID: 'u1' }, { UID: 'u2' }], NumPDBViolations: 0 },
      a: { Pods: [], NumPDBViolations: 0 },
    },
  });
});

test('whole pods are understood, keys in any case, and violations kept', () => {
  const { candidates } = read({
    pod: {},
    nodeNameToVictims: { a: { pods: [{ metadata: { uid: 'u1' } }], numPDBViolations: 2 } },
  });
  expect(candidates).toEqual([{ node: 'a', uids: ['u1'], answer: { Pods: [{ UID: 'u1' }], NumPDBViolations: 2 } }]);
});

test('a node without victims, or with none listed, stays', () => {
  const { candidates } = read({ NodeNameToMetaVictims: { a: null, b: { Pods: null }, __proto__x: {} } });
  expect(candidates.map(({ node, uids }) => [node, uids])).toEqual([
    ['a', []],
    ['b', []],
    ['__proto__x', []],
  ]);
});

test.each([
  ['{}', /ExtenderPreemptionArgs: expected NodeNameToMetaVictims or NodeNameToVictims/],
  ['{"NodeNameToMetaVictims":[]}', /to be an object/],
  ['[]', /ExtenderPreemptionArgs: expected a JSON object/],
  ['no', /ExtenderPreemptionArgs: expected JSON, received 2 bytes/],
])('%s is refused', (body, message) => {
  expect(() => readPreemptCall(Buffer.from(body))).toThrow(message);
});
