import type { CephPlan, OsdPlan } from './plan.ts';

export interface CephPorts {
  readonly monitor: number;
  readonly monitorV1: number;
}

/** The configuration file: everything in one folder and on loopback, small caches, quick reports, one replica allowed. */
export function cephConf(folder: string, fsid: string, ports: CephPorts, plan: CephPlan): string {
  return [
    section('global', {
      fsid,
      'mon host': `[v2:127.0.0.1:${ports.monitor},v1:127.0.0.1:${ports.monitorV1}]`,
      'mon initial members': 'a',
      'public addr': '127.0.0.1',
      'cluster addr': '127.0.0.1',
      'ms bind ipv6': 'false',
      'auth allow insecure global id reclaim': 'false',
      keyring: `${folder}/keyring`,
      'run dir': `${folder}/run`,
      'crash dir': `${folder}/crash`,
      'admin socket': `${folder}/run/$type.$id.asok`,
      'log file': `${folder}/log/$type.$id.log`,
      'log to stderr': 'false',
      'mon cluster log file': `${folder}/log/cluster.log`,
      'osd crush chooseleaf type': '0',
      'osd pool default pg autoscale mode': 'off',
      // Of the managers' own pool: it outlives one OSD.
      'osd pool default size': String(Math.min(2, plan.osds.length)),
      'osd pool default min size': '1',
      'mon max pg per osd': '500',
      'mon allow pool delete': 'true',
      'mon allow pool size one': 'true',
      'mon warn on pool no redundancy': 'false',
      'mon data avail warn': '2',
      'mon data avail crit': '1',
      'mon osd min down reporters': '1',
      'mon osd down out interval': '600',
      'mgr initial modules': 'prometheus',
      'mgr stats period': '1',
      'mgr tick period': '1',
      'osd class update on start': 'false',
      'osd memory target': String(896 * 2 ** 20),
      'bluestore block size': String(plan.osdBytes),
      'bluestore cache autotune': 'false',
      'bluestore cache size': String(64 * 2 ** 20),
    }),
    // A command that only reads must not write a log beside the daemons'.
    section('client', { 'log file': '', 'admin socket': '' }),
    section('mon.a', { 'mon data': `${folder}/mon/a` }),
    ...plan.managers.map((name) =>
      section(`mgr.${name}`, { 'mgr data': `${folder}/mgr/${name}`, keyring: `${folder}/mgr/${name}/keyring` }),
    ),
    section('osd', { 'osd data': `${folder}/osd/$id`, keyring: `${folder}/osd/$id/keyring` }),
    ...plan.osds.flatMap((osd, id) => placeOf(osd, id)),
  ].join('\n');
}

function placeOf({ host }: OsdPlan, id: number): string[] {
  return host === undefined ? [] : [section(`osd.${id}`, { 'crush location': `root=default host=${host}` })];
}

function section(name: string, entries: Readonly<Record<string, string>>): string {
  return `[${name}]\n${Object.entries(entries)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')}`;
}
