import { describe, expect, test } from 'vitest';
import { readDiskFile } from '../../../src/collect/smart/read-disk-file.ts';
import { readSmartctlExporter } from '../../../src/collect/smart/smartctl-exporter.ts';

const page = `# HELP smartctl_device Device info
# TYPE smartctl_device gauge
smartctl_device{ata_version="ACS-4",device="sda",interface="sat",model_family="Seagate Exos X16",model_name="ST16000NM001G-2KK103",protocol="ATA",serial_number="ZL2"} 1
smartctl_device{device="nvme0",interface="nvme",model_family="unknown",model_name="Odd \\"name\\", with a comma",protocol="NVMe",serial_number="S4"} 1
smartctl_device_attribute{attribute_flags_long="prefailure,updated_online",attribute_flags_short="PO--CK",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="raw",device="sda"} 8
smartctl_device_attribute{attribute_flags_long="prefailure,updated_online",attribute_flags_short="PO--CK",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="value",device="sda"} 9
smartctl_device_attribute{attribute_flags_long="prefailure,updated_online",attribute_flags_short="PO--CK",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="thresh",device="sda"} 10
smartctl_device_attribute{attribute_flags_long="",attribute_flags_short="-O--CK",attribute_id="188",attribute_name="Command_Timeout",attribute_value_type="raw",device="sda"} 5.1540393996e+10
smartctl_device_power_on_seconds{device="sda"} 3.6e+06
smartctl_device_rotation_rate{device="sda"} 7200
smartctl_device_temperature{device="sda",temperature_type="current"} 31
smartctl_device_temperature{device="sda",temperature_type="drive_trip"} 60
smartctl_device_smart_status{device="sda"} 1
smartctl_device_smart_status{device="nvme0"} 0
smartctl_device_percentage_used{device="nvme0"} 81
smartctl_device_available_spare{device="nvme0"} 4
smartctl_device_available_spare_threshold{device="nvme0"} 10
smartctl_device_critical_warning{device="nvme0"} 1
smartctl_device_media_errors{device="nvme0"} 3
smartctl_devices 2
node_load1 0.4
`;

describe('a page of smartctl_exporter', () => {
  test('is one reading per device', () => {
    const readings = readSmartctlExporter(page, 1_700_000_000);
    expect(readings).toHaveLength(2);
    expect(readings[0]).toMatchObject({
      device: 'sda',
      protocol: 'ATA',
      medium: 'rotating',
      serial: 'ZL2',
      powerOnHours: 1000,
      temperatureCelsius: 31,
      passed: true,
      timeSeconds: 1_700_000_000,
      atThreshold: [{ name: 'Reallocated Sector Ct', isNow: true, isPrefailure: true }],
    });
    expect([...(readings[0]?.attributes ?? [])]).toEqual([
      [5, 8],
      [188, 12],
    ]);
    expect(readings[1]).toMatchObject({
      model: 'Odd "name", with a comma',
      protocol: 'NVMe',
      medium: 'flash',
      passed: false,
      wear: { usedShare: 0.81, spareShare: 0.04, spareThreshold: 0.1, criticalWarning: 1, mediaErrors: 3 },
    });
    expect(readDiskFile(page, 'page')).toHaveLength(2);
  });

  test('with the labels of older exporters reads the same', () => {
    const old =
      'smartctl_device_attribute{device="/dev/sda",flags="PO----",id="197",name="Current_Pending_Sector",value_type="raw"} 16.0\n';
    const [reading] = readSmartctlExporter(old);
    expect(reading).toMatchObject({ device: '/dev/sda', protocol: 'ATA' });
    expect(reading?.attributes.get(197)).toBe(16);
  });

  test('of SCSI disks gives defects and uncorrected errors', () => {
    const scsi =
      'smartctl_scsi_grown_defect_list{device="sdb"} 7\nsmartctl_read_total_uncorrected_errors{device="sdb"} 2\nsmartctl_write_total_uncorrected_errors{device="sdb"} 1\n';
    expect([...(readSmartctlExporter(scsi)[0]?.attributes ?? [])]).toEqual([
      [5, 7],
      [187, 3],
    ]);
  });

  test('without devices is refused as a file of disks', () => {
    expect(readSmartctlExporter('')).toEqual([]);
    expect(() => readDiskFile('node_load1 3\n', 'page')).toThrow('page: expected smartctl');
  });
});
