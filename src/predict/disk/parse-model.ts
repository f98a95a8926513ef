import { BarographError } from '../../core/errors.ts';
import type { DiskModel } from './disk-model.ts';
import { featureCount } from './features.ts';
import { covariateCount, hazardWidth } from './hazard.ts';

/** Reads a model from its JSON. Throws OUTLOOK_INVALID when it is none, damaged, or of another version. */
export function parseDiskModel(text: string, place: string): DiskModel {
  const model = parse(text, place);
  const wrong = problemOf(model);
  if (wrong !== undefined) throw new BarographError('OUTLOOK_INVALID', `${place}: expected a disk model, ${wrong}`);
  return model as DiskModel;
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BarographError('OUTLOOK_INVALID', `${place}: expected the JSON of a disk model`, { cause });
  }
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return `received ${value === null ? 'null' : typeof value}`;
  if (value.version !== 1) return `of version 1, received version ${JSON.stringify(value.version)}`;
  if (!isNumbers(value.knots)) return 'knots are no numbers';
  if (!areHazards(value.hazards, value.knots)) return 'its hazards have other coefficients';
  if (typeof value.oldestYears !== 'number' || !isObject(value.learned)) return 'a part is missing';
  if (!isEffects(value.effects)) return 'the effects of models are no numbers';
  if (!Array.isArray(value.bags) || value.bags.length === 0) return 'it has no trees';
  return value.bags.every((trees) => Array.isArray(trees) && trees.every(isTree)) ? undefined : 'a tree is damaged';
}

function areHazards(value: unknown, knots: readonly number[]): boolean {
  if (!isObject(value)) return false;
  const widths = { hazard: hazardWidth(knots), within7: covariateCount(knots), within14: covariateCount(knots) };
  return Object.entries(widths).every(([key, width]) => isNumbers(value[key]) && value[key].length === width);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one));
}

function isEffects(value: unknown): boolean {
  return (
    isObject(value) && [value.byModel, value.byVendor].every((map) => isObject(map) && isNumbers(Object.values(map)))
  );
}

/** Whether every child is a later node or a leaf that is there, so that walking down ends. */
function isTree(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { feature, threshold, nanRight, left, right, leaves } = value;
  if (!isNumbers(feature) || !isNumbers(threshold) || !isNumbers(left) || !isNumbers(right) || !isNumbers(leaves))
    return false;
  const nodes = feature.length;
  if (!Array.isArray(nanRight) || [threshold, nanRight, left, right].some((one) => one.length !== nodes)) return false;
  const isChild = (child: number, node: number): boolean =>
    Number.isInteger(child) && (child >= 0 ? child > node && child < nodes : ~child < leaves.length);
  const areNodes = feature.every(
    (one, i) => one >= 0 && one < featureCount && isChild(left[i] ?? 0, i) && isChild(right[i] ?? 0, i),
  );
  return areNodes && leaves.length > 0;
}
