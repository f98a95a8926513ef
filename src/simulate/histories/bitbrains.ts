import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BarographError } from '../../core/errors.ts';
import type { PerResource } from '../../core/resource.ts';
import type { History } from '../replay/history.ts';
import { HistoryBuilder } from './history-builder.ts';

/** One nominal core is 2 GHz, whatever the host's clock. */
const megahertzPerCore = 2000;
const stepSeconds = 300;
/**
 * A running container never uses nothing, while an idle VM's *active* memory can be 0. Less than this would make the VPA meet what it never meets in production: after a first
 * sample of 0 in a day it leaves the rest of the day out, kills too.
 */
const leastMemoryBytes = 2 ** 20;

/**
 * Traces of VMs as the Grid Workloads Archive has them in GWA-T-12 (Bitbrains): a file for each VM, in sub-folders for months, `;` between fields, CPU in MHz and memory in
 * KB. Or the same as tables: `vms.csv` with what each was given and `vm/ID.csv` with `ts,cpu_mhz,mem_kb`. What was provisioned is what is requested before
 * a policy acts. Cite: Shen, van Beek, Iosup, Statistical Characterization of Business-Critical Workloads Hosted in Cloud Datacenters, CCGrid 2015.
 * Throws TRACE_INVALID.
 */
export async function readBitbrains(folder: string): Promise<History> {
  const names = await readdir(folder);
  return names.includes('vms.csv') ? readTables(folder) : readArchive(folder);
}

/** Whether a folder is one of those. */
export async function isBitbrains(folder: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder, { recursive: true }).catch((): string[] => []);
  if (names.includes('vms.csv')) return true;
  const first = names.find((name) => name.endsWith('.csv'));
  return first !== undefined && (await readFile(join(folder, first), 'utf8')).startsWith('Timestamp [ms];');
}

async function readTables(folder: string): Promise<History> {
  const [header = [], ...rows] = await readFields(join(folder, 'vms.csv'), ',');
  const column = (name: string): number => columnOf(header, name, join(folder, 'vms.csv'));
  const [vm, cpu, memory] = [column('vm'), column('cpu_cap_mhz'), column('mem_cap_kb')];
  const builder = new HistoryBuilder();
  const requests = new Map<string, PerResource<number>>();
  for (const row of rows.sort((a, b) => Number(a[vm]) - Number(b[vm]))) {
    const id = row[vm] ?? '';
    requests.set(id, provisioned(Number(row[cpu]), Number(row[memory])));
    const measured = builder.of(id);
    const [, ...samples] = await readFields(join(folder, 'vm', `${id}.csv`), ',');
    for (const [time, megahertz, kilobytes] of samples) {
      measured.push(Number(time), millicores(Number(megahertz)), bytes(Number(kilobytes)));
    }
  }
  return builder.build({ stepSeconds, align: false, requests });
}

async function readArchive(folder: string): Promise<History> {
  const builder = new HistoryBuilder();
  const requests = new Map<string, PerResource<number>>();
  const files = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.csv'))
    .sort(byMonthAndNumber);
  for (const file of files) {
    const path = join(folder, file);
    const [header = [], ...rows] = await readFields(path, ';');
    const column = (name: string): number => columnOf(header, name, path);
    const [time, cpuGiven, cpu] = [
      column('Timestamp [ms]'),
      column('CPU capacity provisioned [MHZ]'),
      column('CPU usage [MHZ]'),
    ];
    const [memoryGiven, memory] = [column('Memory capacity provisioned [KB]'), column('Memory usage [KB]')];
    const id = basename(file, '.csv');
    const measured = builder.of(id);
    for (const row of rows) {
      if (!requests.has(id)) requests.set(id, provisioned(Number(row[cpuGiven]), Number(row[memoryGiven])));
      // The header says milliseconds; what stands there are seconds.
      measured.push(Number(row[time]), millicores(Number(row[cpu])), bytes(Number(row[memory])));
    }
  }
  return builder.build({ stepSeconds, align: false, requests });
}

function byMonthAndNumber(a: string, b: string): number {
  return Number(basename(a, '.csv')) - Number(basename(b, '.csv')) || (a < b ? -1 : 1);
}

function provisioned(megahertz: number, kilobytes: number): PerResource<number> {
  return { cpu: millicores(megahertz), memory: kilobytes * 1024 };
}

function millicores(megahertz: number): number {
  return (megahertz / megahertzPerCore) * 1000;
}

function bytes(kilobytes: number): number {
  return Math.max(kilobytes * 1024, leastMemoryBytes);
}

function columnOf(header: readonly string[], name: string, path: string): number {
  const found = header.indexOf(name);
  if (found !== -1) return found;
  throw new BarographError(
    'TRACE_INVALID',
    `${path}:1: expected the column '${name}', received '${header.join(', ')}'`,
  );
}

async function readFields(path: string, separator: string): Promise<string[][]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new BarographError('TRACE_INVALID', `cannot read ${path}`, { cause });
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(separator).map((field) => field.trim()));
}
