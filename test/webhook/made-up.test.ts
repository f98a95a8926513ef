import { expect, test } from 'vitest';
import { madeUpAdmission } from '../../src/webhook/made-up.ts';

test('an admission that is made up answers with a patch, time after time', () => {
  const { body, answer } = madeUpAdmission();
  for (let time = 0; time < 3; time += 1) {
    const { response } = JSON.parse(answer(body).toString()) as { response: { allowed: boolean; patch?: string } };
    expect(response.allowed).toBe(true);
    expect(Buffer.from(response.patch ?? '', 'base64').toString()).toContain('/spec/containers/1/resources');
  }
});
