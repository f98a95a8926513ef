import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a source recorded, in units of ours. Times are ends of intervals, unix seconds; NaN where there is no value. */
export interface Recorded {
  /** Names its trace file and its series. */
  readonly name: string;
  readonly origin: 'aws' | 'crane' | 'datacentre';
  readonly times: readonly number[];
  readonly cpuMillicores: readonly number[];
  readonly memoryBytes: readonly number[];
  /** How its values became millicores and bytes. */
  readonly scale: string;
}

const day = 86_400;
const stepSeconds = 300;
const gibibyte = 2 ** 30;
/** Where a source says no time: Monday, 1 January 2024. */
export const madeUpStart = Date.UTC(2024, 0, 1) / 1000;

/** All series that may be shipped, from the folder of sources. */
export function readSources(folder: string): Recorded[] {
  const aws = [
    'ec2_cpu_utilization_24ae8d',
    'ec2_cpu_utilization_53ea38',
    'ec2_cpu_utilization_5f5533',
    'ec2_cpu_utilization_77c1ca',
    'ec2_cpu_utilization_825cc2',
    'ec2_cpu_utilization_ac20cd',
    'ec2_cpu_utilization_c6585a',
    'ec2_cpu_utilization_fe7f93',
    'rds_cpu_utilization_cc0c53',
    'rds_cpu_utilization_e47b3b',
    'cpu_utilization_asg_misconfiguration',
  ].map((file) => readAws(join(folder, 'aws-cloudwatch', `${file}.csv`), file));
  const crane = Array.from({ length: 8 }, (_, i) => readCrane(join(folder, 'crane', `input${i}.csv`), i));
  return [...aws, ...crane, ...readDataCentres(join(folder, 'datacentre-aggregates'))];
}

function readAws(path: string, file: string): Recorded {
  const rows = readCsv(path).slice(0, (28 * day) / stepSeconds);
  const name = file.replace('_cpu_utilization', '').replace('cpu_utilization_asg_misconfiguration', 'asg');
  return {
    name: name.replaceAll('_', '-'),
    origin: 'aws',
    times: rows.map(([time = '']) => Date.parse(`${time.replace(' ', 'T')}Z`) / 1000),
    cpuMillicores: rows.map(([, value]) => Number(value) * 10),
    memoryBytes: [],
    scale: '100 % is 1000 millicores, as of a machine with one core',
  };
}

function readCrane(path: string, index: number): Recorded {
  const rows = readCsv(path);
  const times: number[] = [];
  const means: number[] = [];
  for (let i = 0; i + 5 <= rows.length; i += 5) {
    const five = rows.slice(i, i + 5);
    times.push(Number(five.at(-1)?.[0]) + 60);
    means.push(five.reduce((sum, [, value]) => sum + Number(value), 0) / 5);
  }
  const factor = 1000 / quantile(means, 0.99);
  return {
    name: `crane-${index}`,
    origin: 'crane',
    times,
    cpuMillicores: means.map((value) => value * factor),
    memoryBytes: [],
    scale: `means of 5 minutes times ${factor.toPrecision(6)}, so that the 99th percentile is 1000 millicores`,
  };
}

function readDataCentres(folder: string): Recorded[] {
  const alibaba = readCsv(join(folder, 'alibaba2018_machine_usage_days_1_to_8_grouped_300_seconds.csv'));
  const google = readCsv(join(folder, 'google2019_instance_usage_grouped_300_seconds_month.csv'));
  const azure = readCsv(join(folder, 'azure_v2_vm_cpu_readings_month_aggregated_cpu_mem.csv'));
  return [
    {
      ...dataCentre('alibaba-2018', alibaba.length),
      cpuMillicores: alibaba.map(([cpu]) => Number(cpu) * 10),
      memoryBytes: alibaba.map(([, memory]) => (Number(memory) / 100) * gibibyte),
      scale: '100 % is 1000 millicores and 1 GiB',
    },
    {
      ...dataCentre('google-2019', google.length),
      cpuMillicores: google.map(([cpu]) => Number(cpu) * 1000),
      memoryBytes: google.map(([, memory]) => Number(memory) * gibibyte),
      scale: 'a share of 1 is 1000 millicores and 1 GiB',
    },
    {
      ...dataCentre('azure-2019', azure.length),
      cpuMillicores: azure.map(([, cpu]) => Number(cpu) / 10_000),
      memoryBytes: [],
      scale: '100 per cent of a core is 1000 millicores, divided by 100,000 machines',
    },
  ];
}

function dataCentre(name: string, steps: number): Pick<Recorded, 'name' | 'origin' | 'times'> {
  return {
    name,
    origin: 'datacentre',
    times: Array.from({ length: steps }, (_, i) => madeUpStart + (i + 1) * stepSeconds),
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function readCsv(path: string): string[][] {
  const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(','));
}
