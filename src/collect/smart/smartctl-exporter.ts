import type { DiskReading } from '../../core/disk.ts';
import { type AtaAttribute, ataTable } from './ata-table.ts';
import { type MetricSample, metricSamples } from './metrics-text.ts';
import { withoutUndefined } from './nvme-log.ts';

interface Device {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Map<string, number>;
  readonly attributes: Map<number, { name: string; flags: string; values: Map<string, number> }>;
}

/**
 * Reads a page of smartctl_exporter, all devices on it. Both its label sets are understood: `attribute_id`, `attribute_value_type` of today, `id`,
 * `value_type` of before 0.9.
 */
export function readSmartctlExporter(text: string, timeSeconds?: number): readonly DiskReading[] {
  return readSmartctlSamples(metricSamples(text, 'smartctl_'), timeSeconds);
}

/** The same of samples that were read already, all of one host. */
export function readSmartctlSamples(samples: Iterable<MetricSample>, timeSeconds?: number): readonly DiskReading[] {
  const devices = new Map<string, Device>();
  for (const sample of samples) {
    const { device } = sample.labels;
    if (device === undefined) continue;
    const known = devices.get(device) ?? { labels: {}, values: new Map(), attributes: new Map() };
    devices.set(device, sample.name === 'smartctl_device' ? { ...known, labels: sample.labels } : known);
    take(known, sample);
  }
  return [...devices].map(([name, device]) => readingOf(name, device, timeSeconds));
}

function take(device: Device, { name, labels, value }: MetricSample): void {
  if (!Number.isFinite(value)) return;
  if (name !== 'smartctl_device_attribute') {
    const kind = labels.temperature_type ?? labels.blocks_type ?? labels.speed_type;
    device.values.set(kind === undefined ? name : `${name} ${kind}`, value);
    return;
  }
  const id = Number(labels.attribute_id ?? labels.id);
  const flags = labels.attribute_flags_long ?? labels.flags ?? '';
  const attribute = device.attributes.get(id) ?? {
    name: labels.attribute_name ?? labels.name ?? '',
    flags,
    values: new Map(),
  };
  attribute.values.set(labels.attribute_value_type ?? labels.value_type ?? '', value);
  device.attributes.set(id, attribute);
}

function readingOf(name: string, device: Device, timeSeconds: number | undefined): DiskReading {
  const value = (metric: string): number | undefined => device.values.get(`smartctl_${metric}`);
  const model = device.labels.model_name ?? '';
  const table = ataTable(
    [...device.attributes].map(([id, one]) => lineOf(id, one)),
    model,
  );
  const wear = wearOf(value);
  const protocol = protocolOf(device, value);
  const seconds = value('device_power_on_seconds');
  return {
    device: name,
    protocol,
    medium: mediumOf(protocol, value('device_rotation_rate'), device.labels.model_family ?? ''),
    serial: device.labels.serial_number ?? '',
    model,
    capacityBytes: value('device_capacity_bytes'),
    timeSeconds,
    powerOnHours: seconds === undefined ? table.attributes.get(9) : seconds / 3600,
    temperatureCelsius: value('device_temperature current') ?? table.attributes.get(194),
    passed: statusOf(value('device_smart_status') ?? value('device_status')),
    attributes: new Map([...table.attributes, ...scsiOf(value)]),
    atThreshold: table.atThreshold,
    wear: protocol === 'NVMe' ? wear : { ...wear, ...table.wear },
  };
}

function lineOf(
  id: number,
  { name, flags, values }: { name: string; flags: string; values: Map<string, number> },
): AtaAttribute {
  return {
    id,
    name,
    normalized: values.get('value'),
    threshold: values.get('thresh'),
    worst: values.get('worst'),
    isPrefailure: flags.startsWith('P') || flags.includes('prefailure'),
    raw: values.get('raw'),
  };
}

type Value = (metric: string) => number | undefined;

function wearOf(value: Value): DiskReading['wear'] {
  const share = (metric: string): number | undefined => {
    const percent = value(metric);
    return percent === undefined ? undefined : percent / 100;
  };
  return withoutUndefined({
    usedShare: share('device_percentage_used'),
    spareShare: share('device_available_spare'),
    spareThreshold: share('device_available_spare_threshold'),
    mediaErrors: value('device_media_errors'),
    criticalWarning: value('device_critical_warning'),
  });
}

function scsiOf(value: Value): readonly (readonly [number, number])[] {
  const grown = value('scsi_grown_defect_list');
  const read = value('read_total_uncorrected_errors');
  const write = value('write_total_uncorrected_errors');
  return [
    ...(grown === undefined ? [] : [[5, grown] as const]),
    ...(read === undefined && write === undefined ? [] : [[187, (read ?? 0) + (write ?? 0)] as const]),
  ];
}

function protocolOf(device: Device, value: Value): DiskReading['protocol'] {
  const { protocol, interface: kind = '' } = device.labels;
  if (protocol === 'ATA' || protocol === 'SCSI' || protocol === 'NVMe') return protocol;
  if (kind === 'nvme' || value('device_available_spare') !== undefined) return 'NVMe';
  if (device.attributes.size > 0) return 'ATA';
  return value('scsi_grown_defect_list') === undefined ? 'unknown' : 'SCSI';
}

function mediumOf(protocol: DiskReading['protocol'], rate: number | undefined, family: string): DiskReading['medium'] {
  if (protocol === 'NVMe') return 'flash';
  if (rate !== undefined && rate > 0) return 'rotating';
  // The exporter writes 0 for what does not turn and for what does not say.
  return /ssd/i.test(family) ? 'flash' : 'unknown';
}

function statusOf(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 1;
}
