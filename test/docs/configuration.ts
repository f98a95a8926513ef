import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { validateConfig } from '../../src/core/config-file.ts';
import { describeError } from '../../src/core/errors.ts';
import { asCode, type Document, fencesOf, tableRowsOf } from './markdown.ts';
import { type KeyDefault, keysOf } from './schema-keys.ts';

/** Where docs/configuration.md and the schema disagree: keys on one side only, and other defaults. Rows: key, default, meaning. */
export function configurationProblems(document: Document, schema: unknown): string[] {
  const keys = keysOf(schema);
  const rows = tableRowsOf(document.text).flatMap(({ cells, line }) => {
    const key = asCode(cells[0]);
    return key === undefined ? [] : [{ key, stated: cells[1] ?? '', line }];
  });
  const documented = new Set(rows.map(({ key }) => key));
  return [
    ...rows.flatMap(({ key, stated, line }) => {
      const place = `${document.path}:${line}`;
      const known = keys.get(key);
      if (known === undefined) return [`${place}: the configuration has no key ${key}`];
      const expected = cellOf(known);
      return stated === expected ? [] : [`${place}: the default of ${key} is ${expected}, not ${stated}`];
    }),
    ...[...keys.keys()]
      .filter((key) => !documented.has(key))
      .map((key) => `${document.path}:1: the key ${key} is not documented`),
  ];
}

/** Blocks marked `yaml barograph` that the schema refuses. */
export function configurationExampleProblems(document: Document, schema: z.ZodType): string[] {
  return fencesOf(document.text)
    .filter(({ info }) => /^ya?ml\s+barograph\b/.test(info))
    .flatMap(({ lines, line }) => {
      const place = `${document.path}:${line}`;
      const parsed = parseDocument(lines.join('\n'), { uniqueKeys: true });
      if (parsed.errors[0] !== undefined) return [`${place}: ${parsed.errors[0].message}`];
      try {
        validateConfig(schema, parsed.toJS(), place);
        return [];
      } catch (error) {
        return [describeError(error)];
      }
    });
}

function cellOf(known: KeyDefault): string {
  return typeof known === 'string' ? known : `\`${known.value}\``;
}
