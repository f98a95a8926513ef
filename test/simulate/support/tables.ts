import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTraces } from '../../../src/simulate/histories/traces.ts';
import type { History } from '../../../src/simulate/replay/history.ts';

/** The shipped containers with CPU and memory: 14 of them, 14 days. */
export const demoTraces = fileURLToPath(new URL('../../../data/demo-made-up/', import.meta.url));

export function readDemo(): Promise<History> {
  return readTraces(demoTraces, { stepSeconds: 300, align: false, requests: undefined });
}

/**
 * Writes a history as tables that the reference replay reads (`vms.csv`, `vm/N.csv`): containers by numbers, MHz of cores of 2 GHz, KB. Steps without both
 * samples are left out.
 */
export async function writeTables({ ids, times, usage, capacity }: History, folder: string): Promise<void> {
  await mkdir(join(folder, 'vm'), { recursive: true });
  const vms = ['vm,t0,t1,cpu_cap_mhz,mem_cap_kb'];
  for (const i of ids.keys()) {
    const rows: string[] = [];
    for (const [step, time] of times.entries()) {
      const cpu = usage.cpu[step * ids.length + i] ?? Number.NaN;
      const memory = usage.memory[step * ids.length + i] ?? Number.NaN;
      if (!Number.isNaN(cpu) && !Number.isNaN(memory)) rows.push(`${time},${cpu * 2},${memory / 1024}`);
    }
    await writeFile(join(folder, 'vm', `${i}.csv`), `ts,cpu_mhz,mem_kb\n${rows.join('\n')}\n`);
    const [first, last] = [rows[0]?.split(',')[0], rows.at(-1)?.split(',')[0]];
    vms.push(`${i},${first},${last},${(capacity.cpu[i] ?? 0) * 2},${(capacity.memory[i] ?? 0) / 1024}`);
  }
  await writeFile(join(folder, 'vms.csv'), `${vms.join('\n')}\n`);
}

// As a program it writes the shipped traces into the folder named: what test/simulate/fixtures/README.md begins with.
if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeTables(await readDemo(), process.argv[2] ?? 'tables');
