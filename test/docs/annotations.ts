import { parse } from 'yaml';
import { parseBounds } from '../../src/core/bounds.ts';
import { objectiveNames, objectivePrefix, parseObjective } from '../../src/core/objective.ts';
import { tokensOf } from '../imports/tokens.ts';
import { asCode, type Document, fencesOf, tableRowsOf } from './markdown.ts';

const keyPattern = /^(?:slo\.)?barograph\.dev\/[a-z][a-z-]*$/;

/** Every annotation and label key that stands in source as a text of its own, and every objective. */
export function keysInSource(sources: readonly string[]): ReadonlySet<string> {
  const literal = sources.flatMap((source) =>
    tokensOf(source).flatMap(({ kind, text }) => (kind === 'string' && keyPattern.test(text) ? [text] : [])),
  );
  return new Set([...objectiveNames.map((name) => `${objectivePrefix}${name}`), ...literal]);
}

/** Keys in the tables of docs/annotations.md that source does not know, and the other way round. */
export function annotationProblems(document: Document, known: ReadonlySet<string>): string[] {
  const rows = tableRowsOf(document.text).flatMap(({ cells, line }) => {
    const key = asCode(cells[0]);
    return key !== undefined && keyPattern.test(key) ? [{ key, line }] : [];
  });
  const documented = new Set(rows.map(({ key }) => key));
  return [
    ...rows
      .filter(({ key }) => !known.has(key))
      .map(({ key, line }) => `${document.path}:${line}: nothing in src knows ${key}`),
    ...[...known]
      .filter((key) => !documented.has(key))
      .map((key) => `${document.path}:1: ${key} is known to src and not documented`),
  ];
}

/**
 * Examples in blocks marked `yaml valid` and `yaml invalid`, one `key: value` a line, that the parsers judge otherwise. The comment after an
 * invalid one must be part of the error's message.
 */
export function annotationExampleProblems(document: Document): string[] {
  return fencesOf(document.text).flatMap(({ info, lines, line }) => {
    const verdict = /^yaml (valid|invalid)$/.exec(info)?.[1];
    if (verdict === undefined) return [];
    return lines.flatMap((text, index) => {
      const problem = text.trim() === '' ? undefined : judge(text, verdict === 'valid');
      return problem === undefined ? [] : [`${document.path}:${line + index}: ${problem}`];
    });
  });
}

function judge(text: string, isValid: boolean): string | undefined {
  const [[key, value] = ['', '']] = Object.entries(parse(text) as Record<string, unknown>);
  if (typeof value !== 'string') return `the value of ${key} is no text in YAML: it needs quotes`;
  const error = errorOf(key, value);
  if (isValid) return error === undefined ? undefined : `expected to be valid: ${error}`;
  if (error === undefined) return 'expected to be invalid, and it is valid';
  const promised = /\s#\s*(.+)$/.exec(text)?.[1]?.trim() ?? '';
  return error.includes(promised) ? undefined : `expected an error with '${promised}', received: ${error}`;
}

function errorOf(key: string, value: string): string | undefined {
  try {
    if (key.startsWith(objectivePrefix)) parseObjective(key.slice(objectivePrefix.length), value);
    else parseBounds(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
