import type { PlanStep } from './storage-plan.ts';

const secondsPerDay = 86_400;

/** A step as one says it to a person. */
export function stepText(step: PlanStep): string {
  switch (step.kind) {
    case 'osd-out':
      return `take osd.${step.osd} out, so that its data moves to others`;
    case 'osd-reweight':
      return `lower the weight of osd.${step.osd} to ${step.weight}`;
    case 'osd-crush-reweight':
      return `set the CRUSH weight of osd.${step.osd} to ${step.weight}, so that its data moves to others`;
    case 'replace-disk':
      return `replace ${diskName(step)} by ${dateOfDay(step.byDay)}`;
    case 'move-volumes':
      return `move volumes off the pool ${step.pool}${step.to === undefined ? '' : ` to ${step.to}`}`;
    case 'add-capacity':
      return addText(step);
  }
}

function diskName({ device, node, osd }: Extract<PlanStep, { kind: 'replace-disk' }>): string {
  return `the disk ${device} of ${node}${osd === undefined ? '' : ` (osd.${osd})`}`;
}

function addText(step: Extract<PlanStep, { kind: 'add-capacity' }>): string {
  const kind = step.deviceClass === undefined ? '' : `${step.deviceClass} `;
  const disks = `${step.disks} ${kind}disk${step.disks === 1 ? '' : 's'} of ${bytesText(step.diskBytes)}`;
  return `add ${bytesText(step.rawBytes)} (${disks}) for the pool ${step.pool}, ordered by ${dateOf(step.orderBySeconds)}, in place by ${dateOf(step.inPlaceBySeconds)}`;
}

/** Decimal units, as disks are sold by. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}

export function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

export function dateOfDay(day: number): string {
  return dateOf(day * secondsPerDay);
}
