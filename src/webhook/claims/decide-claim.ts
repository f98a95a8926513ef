import type { NamespaceView } from '../../cluster/view.ts';
import type { Decision, Mode } from '../../core/decision.ts';
import { objectivePrefix, readObjective } from '../../core/objective.ts';
import { choose } from '../../storage/choose.ts';
import { standingDecisionId } from '../decision-id.ts';
import { type AdmissionDefaults, effectiveFor, modeAnnotation } from '../effective.ts';
import type { Moment } from '../world.ts';
import { type AdmittedClaim, storageClassAnnotation } from './claim.ts';
import type { ClaimReason } from './claim-outcomes.ts';
import { type ClassWorld, type JudgedClass, judgeClasses } from './judge-classes.ts';

export interface ClaimWorld extends ClassWorld {
  readonly namespace: (name: string) => NamespaceView | undefined;
  readonly defaults: AdmissionDefaults;
  /** A claim of this class asks for the best one, as one with the annotation does. */
  readonly autoClass: string;
  readonly random: () => number;
}

export type ClaimDecided =
  | { readonly kind: 'unchanged'; readonly reason: ClaimReason; readonly warnings: readonly string[] }
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      readonly annotation: string;
      /** The class to write; undefined when the claim keeps its own. */
      readonly storageClass: string | undefined;
      readonly chosen: JudgedClass | undefined;
      /** Why nothing is written in enforce mode. */
      readonly unchangedBy: ClaimReason | undefined;
    };

export const automatic = 'auto';

/** Which class a claim gets. No effect: the same claim, world and moment (and random numbers) give the same outcome. It never refuses a claim. */
export function decideClaim(claim: AdmittedClaim, world: ClaimWorld, moment: Moment): ClaimDecided {
  const asked = claim.annotations[storageClassAnnotation];
  if (asked === undefined && claim.storageClass !== world.autoClass) return unchanged('not-asked');
  if (asked !== undefined && asked !== automatic) {
    return unchanged('unreadable', `${storageClassAnnotation}: expected '${automatic}', found '${asked}'`);
  }
  const { mode, errors: modeErrors } = modeOf(claim, world);
  const { objective, errors } = readObjective(claim.annotations);
  if (errors.length + modeErrors.length > 0) return unchanged('unreadable', ...errors, ...modeErrors);
  if (mode === 'off') return unchanged('mode-off');
  if (claim.fixedBy !== undefined) {
    return unchanged('class-fixed', `the claim's ${claim.fixedBy} binds it to its class; unchanged`);
  }
  if (standingDecisionId(claim.annotations, moment.nowSeconds) !== undefined) return unchanged('already-decided');
  if (!world.classes.synced)
    return unchanged('not-synced', "the cluster's storage classes are not read yet; unchanged");

  const judged = judgeClasses(claim, objective, world, moment.nowSeconds);
  const fitting = judged.flatMap((one) => (one.candidate && one.score !== null ? [{ ...one, score: one.score }] : []));
  const chosen = choose(fitting, world.random);
  return decided({ claim, mode, judged, chosen, moment });
}

function unchanged(reason: ClaimReason, ...warnings: readonly string[]): ClaimDecided {
  return { kind: 'unchanged', reason, warnings };
}

/** The claim's own mode, else its namespace's, else configuration's; what else a namespace says is about pods. */
function modeOf(
  { annotations, namespace }: AdmittedClaim,
  world: ClaimWorld,
): { mode: Mode; errors: readonly string[] } {
  const only = (all: Readonly<Record<string, string>>): Record<string, string> => {
    const own = all[modeAnnotation];
    return own === undefined ? {} : { [modeAnnotation]: own };
  };
  const view = world.namespace(namespace);
  const { mode, errors } = effectiveFor(
    only(annotations),
    view && { ...view, annotations: only(view.annotations) },
    world.defaults,
  );
  return { mode, errors };
}

interface Made {
  readonly claim: AdmittedClaim;
  readonly mode: Mode;
  readonly judged: readonly JudgedClass[];
  readonly chosen: JudgedClass | undefined;
  readonly moment: Moment;
}

function decided({ claim, mode, judged, chosen, moment }: Made): ClaimDecided {
  const before = claim.storageClass;
  const reason = reasonOf(judged, chosen);
  const warnings = chosen === undefined ? [`${reason}; the claim keeps its class`] : [];
  const isSame = chosen === undefined || chosen.name === before;
  const unchangedBy = chosen === undefined ? 'no-candidate' : isSame ? 'already-best' : undefined;
  const name = claim.name ?? '';
  const decision: Decision = {
    id: moment.id,
    time: new Date(moment.nowSeconds * 1000).toISOString(),
    mode,
    workload: { namespace: claim.namespace, kind: 'PersistentVolumeClaim', name },
    containers: [],
    warnings,
    placement: null,
    counterfactual: { static: null },
    outlookVersion: 0,
    claim: {
      bytes: claim.bytes,
      accessModes: claim.accessModes,
      volumeMode: claim.volumeMode,
      objective: objectiveTexts(claim.annotations),
      before: before ?? null,
      after: chosen?.name ?? before ?? null,
      reason,
      classes: judged.map(({ key: _, size: __, ...shown }) => shown),
    },
  };
  return {
    kind: 'decided',
    decision,
    annotation: `${moment.id}; ${mode}; ${summary(chosen, before)}`,
    storageClass: mode === 'enforce' && !isSame ? chosen?.name : undefined,
    chosen,
    unchangedBy,
  };
}

function objectiveTexts(annotations: Readonly<Record<string, string>>): { latency?: string; throughput?: string } {
  const [latency, throughput] = [annotations[`${objectivePrefix}latency`], annotations[`${objectivePrefix}throughput`]];
  return { ...(latency === undefined ? {} : { latency }), ...(throughput === undefined ? {} : { throughput }) };
}

function reasonOf(judged: readonly JudgedClass[], chosen: JudgedClass | undefined): string {
  const candidates = judged.filter(({ candidate }) => candidate);
  if (candidates.length === 0) return 'no storage class is labelled as a candidate';
  if (chosen === undefined) {
    const why = candidates.map(({ name, refused }) => `${name}: ${refused[0]?.text ?? 'refused'}`);
    return `no candidate fits: ${why.join('; ')}`;
  }
  const parts = chosen.parts.map(({ text }) => text).join('; ');
  const best = candidates[0];
  const spread =
    best !== undefined && best.name !== chosen.name
      ? `; ${best.name} scored ${best.score}, but as good within a point, and more was put there of late`
      : '';
  return `${chosen.name} scored ${chosen.score} of 10 (${candidates.length} candidates): ${parts}${spread}`;
}

/** What fits in 60 characters. */
function summary(chosen: JudgedClass | undefined, before: string | undefined): string {
  const text =
    chosen === undefined
      ? 'no candidate fits, class kept'
      : chosen.name === before
        ? `class ${chosen.name} kept`
        : `class ${before ?? '(none)'} -> ${chosen.name}`;
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
