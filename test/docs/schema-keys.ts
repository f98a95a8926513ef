type PlainObject = Readonly<Record<string, unknown>>;

/** What holds when a key is left out: `required`, `none`, or its default as one writes it. */
export type KeyDefault = 'required' | 'none' | { readonly value: string };

/** Every key of a zod schema that holds a value, by its dotted path. */
export function keysOf(schema: unknown): ReadonlyMap<string, KeyDefault> {
  const keys = new Map<string, KeyDefault>();
  walk(schema, '', undefined, keys);
  return keys;
}

/** How a default stands in a configuration file: texts bare, the rest as JSON (which is YAML). */
export function showDefault(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}

interface Peeled {
  readonly definition: PlainObject;
  readonly held: unknown;
  readonly isOptional: boolean;
}

function walk(schema: unknown, path: string, inherited: unknown, keys: Map<string, KeyDefault>): void {
  const peeled = peel(schema, inherited);
  const { definition, held } = peeled;
  if (isPlainObject(definition.shape)) {
    for (const [key, inner] of Object.entries(definition.shape)) {
      walk(inner, path === '' ? key : `${path}.${key}`, isPlainObject(held) ? held[key] : undefined, keys);
    }
  } else if (isUnionOfObjects(definition)) {
    for (const option of definition.options) walk(option, path, held, keys);
  } else if (!keys.has(path)) {
    keys.set(path, defaultOf(peeled));
  }
}

function defaultOf({ held, isOptional }: Peeled): KeyDefault {
  if (held !== undefined) return { value: showDefault(held) };
  return isOptional ? 'none' : 'required';
}

/** The schema under defaults, options and transformations, and the outermost default. */
function peel(schema: unknown, inherited: unknown): Peeled {
  let definition = definitionOf(schema);
  let held = inherited;
  let isOptional = false;
  for (;;) {
    if (held === undefined && 'defaultValue' in definition) held = definition.defaultValue;
    if (definition.type === 'optional') isOptional = true;
    const inner = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
    if (inner === undefined) return { definition, held, isOptional };
    definition = definitionOf(inner);
  }
}

function isUnionOfObjects(definition: PlainObject): definition is PlainObject & { options: readonly unknown[] } {
  return (
    Array.isArray(definition.options) && definition.options.every((option) => isPlainObject(definitionOf(option).shape))
  );
}

function definitionOf(schema: unknown): PlainObject {
  const definition = (schema as { def?: unknown } | undefined)?.def;
  return isPlainObject(definition) ? definition : {};
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
