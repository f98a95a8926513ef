import type { Course } from './course.ts';
import { CoverageRecord } from './coverage-record.ts';
import { featuresOf, type GateWeights } from './gate.ts';
import { bucketOf } from './lead-buckets.ts';
import { mixedQuantiles, type Present } from './mixture.ts';
import { askExperts, askWithFit, judgePanel, type Panel } from './panel.ts';
import { gridSize } from './quantiles.ts';
import { TrackRecord } from './track-record.ts';

/** Experts are judged every six hours on what came since, by what they would have said 6, 12, 18 and 24 hours before: never later than a day. */
export const turnSteps = 72;
const turnsAhead = 4;
/** Every sixth step is looked at, another one each turn. */
const everyStep = 6;

/** All that is learned of one series. */
export interface Learned {
  readonly experts: TrackRecord;
  readonly coverage: CoverageRecord;
}

export function nothingLearned(): Learned {
  return { experts: new TrackRecord(), coverage: new CoverageRecord() };
}

/** Judges the newest six hours; `course.known` is their end. Turns are told apart by their number. */
export function learnTurn(course: Course, { experts, coverage }: Learned, turn: number, gate: GateWeights): void {
  const asked: [Course, Panel][] = [];
  coverage.age(turnSteps);
  for (let ahead = 1; ahead <= turnsAhead; ahead += 1) {
    const then = { values: course.values, known: course.known - ahead * turnSteps };
    if (then.known < turnSteps) continue;
    const first = (ahead - 1) * turnSteps + (turn % everyStep);
    const leads = Int32Array.from({ length: turnSteps / everyStep }, (_, i) => first + i * everyStep);
    const { panel, fit } = askWithFit(then, leads);
    // By weights of before this turn: what is judged must not know what came.
    judgeMixture(then, panel, featuresOf(experts, fit), { coverage, gate });
    asked.push([then, panel]);
  }
  experts.age(turnSteps);
  for (const [then, panel] of asked) judgePanel(then, panel, experts);
}

/** The record counts with what came since the last turn, `since` steps ago; it is not changed. */
export function askNow(course: Course, leads: Int32Array, record: TrackRecord, since: number): Present {
  const now = record.copy();
  const then = { values: course.values, known: course.known - since };
  if (since > 0 && then.known > 0) {
    now.age(since);
    const passed = Int32Array.from({ length: Math.ceil(since / everyStep) }, (_, i) => i * everyStep);
    judgePanel(then, askExperts(then, passed), now);
  }
  const { panel, fit } = askWithFit(course, leads);
  return { panel, features: featuresOf(now, fit) };
}

interface Judging {
  readonly coverage: CoverageRecord;
  readonly gate: GateWeights;
}

function judgeMixture(then: Course, panel: Panel, features: Float64Array, { coverage, gate }: Judging): void {
  const mixed = mixedQuantiles({ panel, features }, gate);
  for (const [i, lead] of panel.leads.entries()) {
    const value = then.values[then.known + lead] ?? Number.NaN;
    if (!Number.isNaN(value)) coverage.add(bucketOf(lead), value, mixed, i * gridSize);
  }
}
