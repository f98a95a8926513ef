import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { BarographError } from './errors.ts';
import { nearest } from './nearest.ts';

type PlainObject = Record<string, unknown>;

/**
 * Reads one YAML file and validates it: unknown keys are refused with the nearest known one. `overrides` (from flags) are
 * laid over the file, the schema's defaults under it. Throws CONFIG_INVALID with every problem and its path.
 */
export function loadConfig<T extends z.ZodType>(
  schema: T,
  path: string | undefined,
  overrides: PlainObject,
): z.output<T> {
  const fromFile = path === undefined ? {} : parseYaml(readText(path), path);
  return validateConfig(schema, merge(fromFile, overrides), path ?? 'the command line');
}

/** Validates a configuration that is already an object. */
export function validateConfig<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, schema));
  throw new BarographError('CONFIG_INVALID', `${where}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BarographError('CONFIG_INVALID', `cannot read the configuration file ${path}`, { cause });
  }
}

function parseYaml(text: string, path: string): PlainObject {
  const document = parseDocument(text, { uniqueKeys: true });
  const [first] = document.errors;
  if (first !== undefined) throw new BarographError('CONFIG_INVALID', `${path}: ${first.message}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  if (!isPlainObject(value)) {
    throw new BarographError(
      'CONFIG_INVALID',
      `${path}: expected a mapping of keys to values, received ${typeof value}`,
    );
  }
  return value;
}

function merge(below: PlainObject, above: PlainObject): PlainObject {
  const merged: PlainObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const held = merged[key];
    merged[key] = isPlainObject(value) && isPlainObject(held) ? merge(held, value) : value;
  }
  return merged;
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [`${path === '' ? '(top)' : path}: ${issue.message}`];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const hint = near === undefined ? `known keys: ${known.join(', ')}` : `did you mean '${near}'?`;
    return `${[...issue.path, key].join('.')}: unknown key; ${hint}`;
  });
}

/** The keys that a schema knows at a path, found by walking its definition. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  const found = unwrap(schema);
  const [head, ...rest] = path;
  if (head === undefined) return found.flatMap((shape) => Object.keys(shape));
  return found.flatMap((shape) => (Object.hasOwn(shape, head) ? knownKeys(shape[String(head)], rest) : []));
}

/** The object shapes inside a schema: through optional, default, pipe, unions. */
function unwrap(schema: unknown): PlainObject[] {
  const definition = (schema as { def?: PlainObject } | undefined)?.def;
  if (definition === undefined) return [];
  if (isPlainObject(definition.shape)) return [definition.shape];
  if (Array.isArray(definition.options)) return definition.options.flatMap(unwrap);
  return [definition.innerType, definition.in, definition.out].filter((part) => part !== undefined).flatMap(unwrap);
}
