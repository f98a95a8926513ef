import { bytesText } from '../../storage/plan/plan-words.ts';
import type { StorageReport } from '../../storage/storage-report.ts';
import { percent, renderTable } from '../table.ts';

/** A report as text: pools, disks, volumes that fill, and plans. */
export function storageText(report: StorageReport): string {
  const parts = [
    ...report.failures.map(({ source, message, since }) => `cannot be read since ${since}: ${source}: ${message}`),
    ...report.clusters.map(clusterLine),
    poolTable(report),
    diskTable(report),
    volumeTable(report),
    planText(report),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing is known of storage yet' : parts.join('\n\n');
}

function clusterLine(cluster: StorageReport['clusters'][number]): string {
  const { placementGroups: groups, osds } = cluster;
  const up = osds.filter(({ up, in: isIn }) => up && isIn).length;
  const unclean = groups.unclean === 0 ? 'all clean' : `${groups.unclean} not clean`;
  const age = cluster.fresh ? '' : ', too old to act on';
  const lines = [
    `Ceph ${cluster.cluster ?? '(fsid not known)'}: ${cluster.health}, ${up} of ${osds.length} OSDs up and in, ` +
      `${groups.total} placement groups, ${unclean}; read ${cluster.read}${age}`,
    ...cluster.checks.map((check) => `  ${check}`),
  ];
  return lines.join('\n');
}

function poolTable({ clusters }: StorageReport): string {
  const pools = clusters.flatMap(({ pools: own }) => own);
  if (pools.length === 0) return '';
  const rows = pools.map((pool) => [
    pool.pool,
    percent(pool.usedShare, 2),
    bytesText(pool.roomBytes),
    pool.growthBytesPerDay === null ? '–' : bytesText(pool.growthBytesPerDay),
    datesText(pool.nearFull),
    pool.latencyMilliseconds === null ? '–' : `${pool.latencyMilliseconds} ms`,
    percent(pool.saturation, 2),
    pool.refused.map(({ message }) => message).join('; '),
  ]);
  const header = [
    'pool',
    'used',
    'room',
    'a day',
    'near full (10 %, 50 %, 90 %)',
    'latency',
    'load',
    'takes no claims',
  ];
  return renderTable(header, rows);
}

type Dates = StorageReport['volumes'][number]['full'];

function datesText(dates: Dates): string {
  if (dates === null) return '–';
  const { p10, p50, p90 } = dates;
  return p10 === null ? 'not in sight' : [p10, p50 ?? 'later', p90 ?? 'later'].join(', ');
}

const order = ['Failing', 'Critical', 'Raised', 'Unknown', 'Good'];

/** Those in danger first. */
function diskTable({ disks }: StorageReport): string {
  if (disks.length === 0) return '';
  const worst = (disk: StorageReport['disks'][number]): number => disk.probabilityWithin14Days ?? 0;
  const sorted = disks.toSorted(
    (one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || worst(other) - worst(one),
  );
  const rows = sorted.map((disk) => [
    disk.node,
    disk.device ?? '–',
    disk.osd === null ? '–' : String(disk.osd),
    disk.model ?? '–',
    disk.fresh ? disk.verdict.toLowerCase() : `${disk.verdict.toLowerCase()} (old reading)`,
    percent(disk.probabilityWithin14Days, 2),
    disk.replaceBy === null ? '–' : `${disk.replaceBy.date} (${disk.replaceBy.earliest} to ${disk.replaceBy.latest})`,
    disk.reasons[0] ?? '',
  ]);
  return renderTable(['node', 'disk', 'OSD', 'model', 'verdict', '14 days', 'replace by', 'why'], rows);
}

/** Only what is expected to fill. */
function volumeTable({ volumes }: StorageReport): string {
  const filling = volumes.filter(({ full }) => full !== null && full.p10 !== null);
  if (filling.length === 0) return '';
  const rows = filling
    .toSorted((one, other) => ((one.full?.p10 ?? '') < (other.full?.p10 ?? '') ? -1 : 1))
    .map(({ namespace, claim, usedBytes, capacityBytes, full }) => [
      `${namespace}/${claim}`,
      percent(usedBytes / capacityBytes, 2),
      bytesText(capacityBytes),
      datesText(full),
    ]);
  return renderTable(['volume', 'used', 'of', 'full (10 %, 50 %, 90 %)'], rows);
}

function planText({ plans }: StorageReport): string {
  if (plans.length === 0) return '';
  const lines = plans.flatMap(({ id, subject, reason, urgent, approved, phase, steps }) => [
    `${urgent ? '! ' : ''}${subject}: ${reason}`,
    `    ${id}, ${phase.toLowerCase()}${approved ? ', approved' : ''}`,
    ...steps.map((step, i) => `    ${i + 1}. ${step.text}${stateOf(step)}`),
  ]);
  return ['Plans', ...lines].join('\n');
}

function stateOf({ phase, reason, message }: StorageReport['plans'][number]['steps'][number]): string {
  if (phase === 'Advice' || phase === 'Proposed') return '';
  const why = [reason, message].filter((text) => text !== '').join(': ');
  return ` [${phase.toLowerCase()}${why === '' ? '' : `: ${why}`}]`;
}
