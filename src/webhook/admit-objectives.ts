import { boundsAnnotation, effectiveFor, modeAnnotation } from './effective.ts';
import { isObject } from './pod.ts';
import { answerReview, readReview } from './review.ts';

const lenient = {
  mode: 'observe',
  maxMode: 'enforce',
  objective: { cpuExceeded: 0.01, memoryExceeded: 0.001 },
} as const;

/**
 * `POST /admission/objectives`: the only endpoint that refuses, where an admin registered it. Reads the annotations of any object and of its pod
 * template and refuses those that do not follow their grammar.
 */
export function admitObjectives(body: Buffer): Buffer {
  const request = readReview(body);
  const errors = annotationSets(request.object).flatMap(
    (annotations) => effectiveFor(annotations, undefined, lenient).errors,
  );
  if (errors.length === 0) return answerReview(request.uid, { allowed: true, warnings: [], patch: [] });
  const message = [...new Set(errors)].join('\n');
  return answerReview(request.uid, { allowed: false, message, warnings: [], patch: [] });
}

function annotationSets(object: unknown): Record<string, string>[] {
  if (!isObject(object)) return [];
  const spec = isObject(object.spec) ? object.spec : {};
  const job = isObject(spec.jobTemplate) && isObject(spec.jobTemplate.spec) ? spec.jobTemplate.spec : {};
  return [object, spec.template, job.template].flatMap((holder) => {
    const metadata = isObject(holder) ? holder.metadata : undefined;
    const annotations = isObject(metadata) ? metadata.annotations : undefined;
    return isObject(annotations) ? [ours(annotations)] : [];
  });
}

function ours(annotations: Record<string, unknown>): Record<string, string> {
  const isOurs = (key: string): boolean =>
    key.startsWith('slo.barograph.dev/') || key === modeAnnotation || key === boundsAnnotation;
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) =>
      isOurs(key) && typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}
