import { asCode, type Document, tableRowsOf } from './markdown.ts';

/** Where docs/errors.md and the registry of errors disagree: codes on one side only, and meanings in other words. */
export function errorProblems(document: Document, codes: Readonly<Record<string, string>>): string[] {
  const rows = tableRowsOf(document.text).flatMap(({ cells, line }) => {
    const code = asCode(cells[0]);
    return code === undefined ? [] : [{ code, meaning: cells[1] ?? '', line }];
  });
  const documented = new Set(rows.map(({ code }) => code));
  return [
    ...rows.flatMap(({ code, meaning, line }) => {
      const place = `${document.path}:${line}`;
      if (!Object.hasOwn(codes, code)) return [`${place}: no error has the code ${code}`];
      return codes[code] === meaning ? [] : [`${place}: ${code} means '${codes[code]}' in src/core/errors.ts`];
    }),
    ...Object.keys(codes)
      .filter((code) => !documented.has(code))
      .map((code) => `${document.path}:1: the error ${code} is not documented`),
  ];
}
