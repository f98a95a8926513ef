/** Items by a group that each names, such as its namespace; kept item by item. */
export class Groups<T> {
  readonly #groupOf: (key: string, item: T) => string;
  readonly #groups = new Map<string, Map<string, T>>();

  constructor(groupOf: (key: string, item: T) => string) {
    this.#groupOf = groupOf;
  }

  get(group: string): readonly T[] {
    const items = this.#groups.get(group);
    return items === undefined ? [] : [...items.values()];
  }

  change(key: string, before: T | undefined, after: T | undefined): void {
    if (before !== undefined) this.#remove(key, this.#groupOf(key, before));
    if (after !== undefined) this.#add(key, after);
  }

  replace(items: ReadonlyMap<string, T>): void {
    this.#groups.clear();
    for (const [key, item] of items) this.#add(key, item);
  }

  #add(key: string, item: T): void {
    const group = this.#groupOf(key, item);
    const items = this.#groups.get(group) ?? new Map<string, T>();
    this.#groups.set(group, items.set(key, item));
  }

  #remove(key: string, group: string): void {
    const items = this.#groups.get(group);
    items?.delete(key);
    if (items?.size === 0) this.#groups.delete(group);
  }
}

/** The namespace of a key `namespace/name`. */
export function namespaceOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}
