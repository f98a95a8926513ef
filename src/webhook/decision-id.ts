import { decisionAnnotation, decisionIdIn } from '../core/decision-annotation.ts';

/** A decision younger than this was made in the same request: the API server called again (reinvocation). */
const reinvocationSeconds = 60;

/** `<time in base 36 milliseconds>-<random>`: sorts by time, tells its age. */
export function decisionIdAt(nowSeconds: number, random: () => number): string {
  const entropy = Math.floor(random() * 36 ** 8).toString(36);
  return `${Math.floor(nowSeconds * 1000).toString(36)}-${entropy.padStart(8, '0')}`;
}

/** The id of a decision that was made on the same pod a moment ago, from the annotation that it left. */
export function standingDecisionId(
  annotations: Readonly<Record<string, string>>,
  nowSeconds: number,
): string | undefined {
  const id = decisionIdIn(annotations[decisionAnnotation]) ?? '';
  const stamp = /^([0-9a-z]{1,11})-[0-9a-z]{8}$/.exec(id)?.[1];
  if (stamp === undefined) return undefined;
  const age = nowSeconds - Number.parseInt(stamp, 36) / 1000;
  return Math.abs(age) <= reinvocationSeconds ? id : undefined;
}
