import type { NamespaceView } from '../cluster/view.ts';
import { type Bounds, parseBounds } from '../core/bounds.ts';
import type { Mode } from '../core/decision.ts';
import { describeError } from '../core/errors.ts';
import { type Objective, readObjective } from '../core/objective.ts';
import type { PerResource } from '../core/resource.ts';

export const modeAnnotation = 'barograph.dev/mode';
export const boundsAnnotation = 'barograph.dev/bounds';
export const enabledLabel = 'barograph.dev/enabled';

/** What configuration says where neither pod nor namespace does. */
export interface AdmissionDefaults {
  readonly mode: Mode;
  /** No pod and no namespace gets a stronger mode than this. */
  readonly maxMode: Mode;
  readonly objective: { readonly cpuExceeded: number; readonly memoryExceeded: number };
}

export interface Effective {
  /** Whether the pod asked for Barograph, itself or through its namespace's label. */
  readonly optedIn: boolean;
  readonly mode: Mode;
  readonly objective: Objective & AdmissionDefaults['objective'];
  /** Where nobody wrote a risk: it may be kept by all such containers together. */
  readonly isByDefault: PerResource<boolean>;
  readonly bounds: Bounds | undefined;
  readonly errors: readonly string[];
}

/** What holds for a pod: its own annotations, else its namespace's, else configuration. */
export function effectiveFor(
  annotations: Readonly<Record<string, string>>,
  namespace: NamespaceView | undefined,
  defaults: AdmissionDefaults,
): Effective {
  const own = readObjective(annotations);
  const inherited = readObjective(namespace?.annotations);
  const pick = (key: string): string | undefined => annotations[key] ?? namespace?.annotations[key];
  const mode = readMode(pick(modeAnnotation), defaults);
  const written = { ...inherited.objective, ...own.objective };
  const bounds = readBounds(pick(boundsAnnotation));
  return {
    optedIn: own.present || namespace?.labels[enabledLabel] === 'true',
    mode: mode.value,
    objective: { ...defaults.objective, ...written },
    isByDefault: { cpu: written.cpuExceeded === undefined, memory: written.memoryExceeded === undefined },
    bounds: bounds.value,
    errors: [...own.errors, ...inherited.errors, ...mode.errors, ...bounds.errors],
  };
}

const strength: Record<Mode, number> = { off: 0, observe: 1, enforce: 2 };

function readMode(text: string | undefined, defaults: AdmissionDefaults): { value: Mode; errors: string[] } {
  const wanted = text ?? defaults.mode;
  if (wanted !== 'enforce' && wanted !== 'observe' && wanted !== 'off') {
    return { value: 'off', errors: [`${modeAnnotation}: expected enforce, observe or off, found '${wanted}'`] };
  }
  return { value: strength[wanted] > strength[defaults.maxMode] ? defaults.maxMode : wanted, errors: [] };
}

function readBounds(text: string | undefined): { value: Bounds | undefined; errors: string[] } {
  if (text === undefined) return { value: undefined, errors: [] };
  try {
    return { value: parseBounds(text), errors: [] };
  } catch (error) {
    return { value: undefined, errors: [describeError(error)] };
  }
}
