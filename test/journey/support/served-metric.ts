import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { BarographError } from '../../../src/core/errors.ts';
import type { Served } from './served.ts';

/** What `/metrics` says, all label sets of a name added up; 0 where it has no sample. */
export async function metricOf({ url, certs }: Pick<Served, 'url' | 'certs'>, name: string): Promise<number> {
  const text = await page(`${url}/metrics`, readFileSync(join(certs, 'ca.crt'), 'utf8'));
  const samples = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}

function page(url: string, authority: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = get(url, { ca: authority, agent: false, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve(text));
    });
    call.on('timeout', () => call.destroy(new BarographError('SOURCE_UNAVAILABLE', `no answer from ${url}`)));
    call.on('error', reject);
  });
}
