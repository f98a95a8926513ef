const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const pattern = /^(?:\d+(?:\.\d+)?[smhdw])+$/;

/** A duration such as `30s`, `5m`, `1h30m`, `14d` in seconds; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([smhdw])/g)) {
    seconds += Number(amount) * secondsPer[unit as keyof typeof secondsPer];
  }
  return seconds;
}
