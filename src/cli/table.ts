/** A table as text: columns as wide as their longest cell, those of numbers aligned to the right. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(width(title), ...rows.map((row) => width(row[i] ?? ''))));
  const isNumber = header.map((_, i) => rows.length > 0 && rows.every((row) => /^[-–]?$|^[-+]?\d/.test(row[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
        return isNumber[i] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((w) => '─'.repeat(w))), ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return [...text].length;
}

/** A share as a percentage with a sensible number of digits: 0.5 %, 12 %. */
export function percent(share: number | null | undefined, digits = 3): string {
  return share === null || share === undefined ? '–' : `${Number((share * 100).toPrecision(digits))} %`;
}
