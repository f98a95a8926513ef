import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Prints the figures of the reference replay's results (`--json`) in the folder named as one document: test/simulate/fixtures/reference.json.
interface Result {
  readonly policy: string;
  readonly variant: string;
  readonly windows: Readonly<Record<string, { readonly metrics: unknown }>>;
}

const folder = process.argv[2] ?? '.';
const results = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => {
    const { policy, variant, windows } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Result;
    const metrics = Object.fromEntries(Object.entries(windows).map(([window, of]) => [window, of.metrics]));
    return { name: name.replace(/\.json$/, ''), policy, variant, metrics };
  });
process.stdout.write(`${JSON.stringify({ madeBy: 'see README.md', results }, undefined, 1)}\n`);
