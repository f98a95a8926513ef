import { readFile } from 'node:fs/promises';
import { BarographError } from '../../core/errors.ts';
import { parseQuantity } from '../../core/quantity.ts';
import type { PerResource } from '../../core/resource.ts';

const header = 'series,cpu,memory';

/**
 * What containers request today, from a CSV file: the header `series,cpu,memory`, then lines such as `shop/Deployment/cart/app,500m,1Gi`. Throws TRACE_INVALID
 * with the line.
 */
export async function readRequests(path: string): Promise<Map<string, PerResource<number>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BarographError('TRACE_INVALID', `cannot read ${path}`, { cause });
  }
  const requests = new Map<string, PerResource<number>>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (i === 0 && line.trim() !== header) throw invalid(path, 1, `the header '${header}'`, line);
    if (i === 0 || line.trim() === '') continue;
    const [series, cpu, memory, ...more] = line.split(',').map((field) => field.trim());
    if (!series || !cpu || !memory || more.length > 0) throw invalid(path, i + 1, '3 fields', line);
    try {
      requests.set(series, { cpu: parseQuantity(cpu, 'cpu'), memory: parseQuantity(memory, 'memory') });
    } catch (cause) {
      throw invalid(path, i + 1, 'quantities such as 500m and 1Gi', line, cause);
    }
  }
  return requests;
}

function invalid(path: string, line: number, expected: string, received: string, cause?: unknown): BarographError {
  return new BarographError('TRACE_INVALID', `${path}:${line}: expected ${expected}, received '${received}'`, {
    cause,
  });
}
