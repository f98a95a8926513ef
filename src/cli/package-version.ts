import { readFileSync } from 'node:fs';

/** The version in the package's own package.json, found upwards from here (a checkout and the built package differ in depth). */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const text = readFileSync(new URL('package.json', folder), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      if (folder.pathname === '/') return 'unknown';
    }
  }
}
