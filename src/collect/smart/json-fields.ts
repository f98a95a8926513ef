export type Fields = Readonly<Record<string, unknown>>;

/** A part of a JSON document as an object; empty where there is none. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  let at = value;
  for (const key of path) at = isFields(at) ? at[key] : undefined;
  return isFields(at) ? at : {};
}

export function listAt(value: Fields, key: string): readonly unknown[] {
  const list = value[key];
  return Array.isArray(list) ? list : [];
}

export function numberAt(value: Fields, key: string): number | undefined {
  const number = value[key];
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  // Counters beyond 2^53 come as texts, too.
  return typeof number === 'string' && /^\d+(\.\d+)?$/.test(number) ? Number(number) : undefined;
}

export function textAt(value: Fields, ...keys: readonly string[]): string {
  for (const key of keys) {
    const text = value[key];
    if (typeof text === 'string' && text !== '') return text;
  }
  return '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
