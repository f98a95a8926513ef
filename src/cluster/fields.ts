/** Reads of what the API server sent: everything is unknown until a reader here has seen its type. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = Object.freeze({});

/** An object; empty when it is anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

/** The items of a list; empty when it is anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text; undefined when it is anything else or empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A map of texts, such as labels: entries that are no texts are left out. */
export function textsOf(value: unknown, keep: (key: string) => boolean = () => true): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [key, text] of Object.entries(fieldsOf(value))) {
    if (typeof text === 'string' && keep(key)) kept[key] = text;
  }
  return kept;
}

/** An RFC 3339 time in unix seconds; undefined when it cannot be read. */
export function secondsOf(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
