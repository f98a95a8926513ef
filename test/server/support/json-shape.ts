/** Where two JSON values have other keys or kinds, as `path: what`; null goes with anything, and of lists the first items are compared. */
export function shapeDifferences(expected: unknown, received: unknown, path = ''): string[] {
  if (expected === null || received === null) return [];
  if (Array.isArray(expected) && Array.isArray(received)) {
    if (expected.length === 0 || received.length === 0) return [];
    return shapeDifferences(expected[0], received[0], `${path}[]`);
  }
  if (isObject(expected) && isObject(received)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(received)])];
    return keys.flatMap((key) => {
      const place = `${path}.${key}`;
      if (!(key in expected)) return [`${place}: not expected`];
      if (!(key in received)) return [`${place}: missing`];
      return shapeDifferences(expected[key], received[key], place);
    });
  }
  const [one, other] = [kindOf(expected), kindOf(received)];
  return one === other ? [] : [`${path}: expected ${one}, received ${other}`];
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
