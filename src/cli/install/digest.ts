import { createHash } from 'node:crypto';

/** 16 hexadecimal digits that change when any value does; the order of keys does not count. The Helm chart makes the same (`toJson | sha256sum`). */
export function digestOf(settings: object, more = ''): string {
  return createHash('sha256')
    .update(`${canonical(settings)}${more}`)
    .digest('hex')
    .slice(0, 16);
}

/** JSON as Go prints it: keys sorted by their bytes, and what HTML would misread escaped. */
function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
  });
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
