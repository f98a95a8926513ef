import type { DiskOutlook } from '../../src/predict/disk/disk-outlook.ts';
import type { NodeDisk } from '../../src/storage/node-disks.ts';

/** A disk of a node that is well, unless said otherwise. */
export function nodeDisk(
  node: string,
  more: Partial<Omit<NodeDisk, 'outlook' | 'node'>> & { readonly outlook?: Partial<DiskOutlook> } = {},
): NodeDisk {
  const { device = 'sdb', outlook = {}, ids = [], osd, readSeconds = 0 } = more;
  return { node, device, ids, osd, readSeconds, outlook: diskOutlook({ serial: `S-${node}-${device}`, ...outlook }) };
}

export function diskOutlook(more: Partial<DiskOutlook> = {}): DiskOutlook {
  return {
    device: '',
    serial: '',
    model: 'ST4000DM000',
    basis: 'learned',
    isFailing: false,
    p7: 0.0005,
    p14: 0.001,
    p30: 0.002,
    drivers: [],
    replaceBy: undefined,
    notes: [],
    ...more,
  };
}

export const failing: Partial<DiskOutlook> = {
  isFailing: true,
  p14: 0.4,
  drivers: ['the device itself says that it fails'],
};

export const likely: Partial<DiskOutlook> = { p14: 0.3, drivers: ['24 sectors wait for reallocation'] };
