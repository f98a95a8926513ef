import type { DiskMedium, DiskReading } from '../../core/disk.ts';
import { BarographError } from '../../core/errors.ts';
import { type AtaTable, ataTableOf } from './ata-table.ts';
import { type Fields, fieldsAt, listAt, numberAt, textAt } from './json-fields.ts';
import { nvmeWear } from './nvme-log.ts';
import { scsiCounters } from './scsi-log.ts';

/** Reads what `smartctl --json` printed about a device. Throws TRACE_INVALID when it is no such thing. */
export function readSmartctl(text: string, place: string): DiskReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BarographError('TRACE_INVALID', `${place}: expected the JSON of smartctl`, { cause });
  }
  return smartctlReading(json, place);
}

/** The reading in a document of smartctl; a device that could not be opened gives one that says so. Throws TRACE_INVALID. */
export function smartctlReading(json: unknown, place: string): DiskReading {
  const dump = fieldsAt(json);
  if (dump.smartctl === undefined && dump.device === undefined) {
    throw new BarographError(
      'TRACE_INVALID',
      `${place}: expected smartctl's JSON with a device, received another document`,
    );
  }
  const model = modelOf(dump);
  const table = ataTableOf(listAt(fieldsAt(dump, 'ata_smart_attributes'), 'table'), model);
  const protocol = protocolOf(textAt(fieldsAt(dump, 'device'), 'protocol'));
  const attributes = new Map(table.attributes);
  if (protocol === 'SCSI') for (const [id, value] of scsiCounters(dump)) attributes.set(id, value);
  const problem = problemOf(dump);
  return {
    device: textAt(fieldsAt(dump, 'device'), 'name') || place,
    protocol,
    medium: mediumOf(dump, protocol),
    serial: textAt(dump, 'serial_number'),
    model,
    capacityBytes: numberAt(fieldsAt(dump, 'user_capacity'), 'bytes') ?? numberAt(dump, 'nvme_total_capacity'),
    timeSeconds: numberAt(fieldsAt(dump, 'local_time'), 'time_t'),
    powerOnHours: numberAt(fieldsAt(dump, 'power_on_time'), 'hours') ?? attributes.get(9),
    temperatureCelsius: temperatureOf(dump, attributes),
    passed: passedOf(dump),
    attributes,
    atThreshold: table.atThreshold,
    wear: protocol === 'NVMe' ? nvmeWear(fieldsAt(dump, 'nvme_smart_health_information_log')) : wearOf(dump, table),
    ...(problem === undefined ? {} : { problem }),
  };
}

function modelOf(dump: Fields): string {
  return textAt(dump, 'model_name', 'scsi_model_name') || `${textAt(dump, 'vendor')} ${textAt(dump, 'product')}`.trim();
}

function protocolOf(name: string): DiskReading['protocol'] {
  return name === 'ATA' || name === 'SCSI' || name === 'NVMe' ? name : 'unknown';
}

/** A rate of 0 says that nothing turns; where none is said, what only flash has gives it away. */
function mediumOf(dump: Fields, protocol: DiskReading['protocol']): DiskMedium {
  if (protocol === 'NVMe') return 'flash';
  const rate = numberAt(dump, 'rotation_rate');
  if (rate !== undefined) return rate > 0 ? 'rotating' : 'flash';
  if (/ssd|solid.state|flash/i.test(`${textAt(dump, 'model_family')} ${modelOf(dump)}`)) return 'flash';
  return 'unknown';
}

function temperatureOf(dump: Fields, attributes: ReadonlyMap<number, number>): number | undefined {
  return numberAt(fieldsAt(dump, 'temperature'), 'current') ?? attributes.get(194) ?? attributes.get(190);
}

function passedOf(dump: Fields): boolean | undefined {
  const { passed } = fieldsAt(dump, 'smart_status');
  return typeof passed === 'boolean' ? passed : undefined;
}

/** Wear of an SSD: SCSI says it in a page, ATA in device statistics, else vendors' attributes do. */
function wearOf(dump: Fields, table: AtaTable): DiskReading['wear'] {
  const endurance =
    numberAt(dump, 'scsi_percentage_used_endurance_indicator') ??
    statisticOf(dump, 'Percentage Used Endurance Indicator');
  return endurance === undefined ? table.wear : { ...table.wear, usedShare: endurance / 100 };
}

function statisticOf(dump: Fields, name: string): number | undefined {
  for (const page of listAt(fieldsAt(dump, 'ata_device_statistics'), 'pages')) {
    for (const entry of listAt(fieldsAt(page), 'table')) {
      const fields = fieldsAt(entry);
      if (textAt(fields, 'name') === name) return numberAt(fields, 'value');
    }
  }
  return undefined;
}

/** What smartctl says of itself when it could not read the device: bits 0 and 1 of its exit status. */
function problemOf(dump: Fields): string | undefined {
  const smartctl = fieldsAt(dump, 'smartctl');
  const status = numberAt(smartctl, 'exit_status') ?? 0;
  if ((status & 3) === 0) return undefined;
  const said = listAt(smartctl, 'messages').map((message) => textAt(fieldsAt(message), 'string'));
  return said.filter((text) => text !== '').join('; ') || `smartctl ended with ${status}`;
}
