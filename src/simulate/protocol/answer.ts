import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import type { Advice, Policy } from '../policy.ts';

/** The answer to a reset. */
export function readyLine({ name }: Pick<Policy, 'name'>): string {
  return JSON.stringify({ type: 'ready', policy: name });
}

/** The answer to a step that asks for one. */
export function recommendationLine({ cpu, memory }: PerResource<Advice>): string {
  return `{"type":"recommendation","cpuMillicores":${adviceText(cpu)},"memoryBytes":${adviceText(memory)}}`;
}

/** The inverse of readyLine: the policy's name. Throws POLICY_FAILED. */
export function readReady(line: string): string {
  const answer = parse(line);
  if (answer.type === 'ready' && typeof answer.policy === 'string') return answer.policy;
  throw failed("a line of type 'ready' with the policy's name", line);
}

/** The inverse of recommendationLine for so many containers. Throws POLICY_FAILED. */
export function readRecommendation(line: string, count: number): PerResource<Advice> {
  const answer = parse(line);
  if (answer.type !== 'recommendation') throw failed("a line of type 'recommendation'", line);
  return {
    cpu: readAdvice('cpuMillicores', answer.cpuMillicores, count),
    memory: readAdvice('memoryBytes', answer.memoryBytes, count),
  };
}

function adviceText({ lower, target, upper }: Advice): string {
  return `{"lower":${arrayText(lower)},"target":${arrayText(target)},"upper":${arrayText(upper)}}`;
}

/** JSON has no NaN and no infinity: both are null, which is what they mean here. */
function arrayText(values: Float64Array): string {
  return JSON.stringify(Array.from(values));
}

function readAdvice(name: string, value: unknown, count: number): Advice {
  const advice = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const column = (part: keyof Advice): Float64Array => {
    const values = advice[part];
    if (!Array.isArray(values) || values.length !== count) {
      throw failed(`an array '${name}.${part}' of ${count}`, JSON.stringify(values) ?? 'nothing');
    }
    return Float64Array.from(values, (one: unknown, i) => {
      if (one === null) return Number.NaN;
      if (typeof one === 'number' && one >= 0) return one;
      throw failed(`'${name}.${part}[${i}]' to be null or a number of at least 0`, String(one));
    });
  };
  return { lower: column('lower'), target: column('target'), upper: column('upper') };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw failed('a JSON object', line, cause);
  }
  throw failed('a JSON object', line);
}

function failed(expected: string, received: string, cause?: unknown): BarographError {
  const shown = received.length > 80 ? `${received.slice(0, 80)}…` : received;
  return new BarographError('POLICY_FAILED', `a policy answered '${shown}'; expected ${expected}`, { cause });
}
