import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CephPorts, cephConf } from './ceph-conf.ts';
import { attachDevice, writeFakeSudo } from './devices.ts';
import { type Entity, keyringText, newEntity } from './keyring.ts';
import type { CephPlan, PoolPlan } from './plan.ts';
import { run } from './run.ts';

const everything = { mon: 'allow *', osd: 'allow *', mds: 'allow *', mgr: 'allow *' };

/** Writes configuration and keys, and an empty monitor that knows them all. */
export async function makeMonitor(folder: string, ports: CephPorts, plan: CephPlan): Promise<void> {
  for (const name of ['run', 'log', 'mon/a', 'osd']) mkdirSync(join(folder, name), { recursive: true });
  writeFakeSudo(folder);
  const [fsid, conf, map] = [randomUUID(), join(folder, 'ceph.conf'), join(folder, 'monmap')];
  writeFileSync(conf, cephConf(folder, fsid, ports, plan));
  const keyring = writeKeys(folder, plan);
  const address = `[v2:127.0.0.1:${ports.monitor},v1:127.0.0.1:${ports.monitorV1}]`;
  await run(['monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, map]);
  await run(['ceph-mon', '-c', conf, '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring]);
}

/** Makes an OSD's store, unless it was made before; the monitor must know the id. */
export async function makeOsd(folder: string, osd: number, plan: CephPlan): Promise<void> {
  const own = join(folder, 'osd', String(osd));
  if (existsSync(join(own, 'made'))) return;
  if (plan.devices) await attachDevice(folder, osd, plan.osdBytes);
  await run([
    'ceph-osd',
    '-c',
    join(folder, 'ceph.conf'),
    '-i',
    String(osd),
    '--mkfs',
    '--osd-uuid',
    plan.osdIds[osd] ?? '',
  ]);
  writeFileSync(join(own, 'made'), '');
}

/** The commands that make a pool with a rule of its own. */
export function poolCommands(pool: PoolPlan): string[][] {
  const {
    name,
    deviceClass,
    size = 1,
    erasure,
    failureDomain = 'osd',
    application = 'rbd',
    placementGroups = 8,
  } = pool;
  const count = String(placementGroups);
  const ofClass = deviceClass === undefined ? [] : [deviceClass];
  const create = ['osd', 'pool', 'create', name, count, count];
  const made =
    erasure === undefined
      ? [
          ['osd', 'crush', 'rule', 'create-replicated', `on-${name}`, 'default', failureDomain, ...ofClass],
          [...create, 'replicated', `on-${name}`],
          ['osd', 'pool', 'set', name, 'size', String(size), '--yes-i-really-mean-it'],
        ]
      : [
          [
            ...['osd', 'erasure-code-profile', 'set', `of-${name}`, `crush-failure-domain=${failureDomain}`],
            ...[`k=${erasure.dataChunks}`, `m=${erasure.codingChunks}`],
            ...ofClass.map((one) => `crush-device-class=${one}`),
          ],
          [...create, 'erasure', `of-${name}`],
        ];
  const { minSize } = pool;
  return [
    ...made,
    ...(minSize === undefined ? [] : [['osd', 'pool', 'set', name, 'min_size', String(minSize)]]),
    ['osd', 'pool', 'application', 'enable', name, application],
  ];
}

/** Gives everybody a key, in one file for the monitor and in one each for those who have it; gives the monitor's. */
function writeKeys(folder: string, plan: CephPlan): string {
  const managers = plan.managers.map((name) =>
    newEntity(`mgr.${name}`, { mon: 'allow profile mgr', osd: 'allow *', mds: 'allow *' }),
  );
  const osds = plan.osds.map((_, osd) =>
    newEntity(`osd.${osd}`, { mgr: 'allow profile osd', mon: 'allow profile osd', osd: 'allow *' }),
  );
  const reader = newEntity('client.reader', { mon: 'allow r', mgr: 'allow r' });
  const [monitor, admin] = [newEntity('mon.', { mon: 'allow *' }), newEntity('client.admin', everything)];
  const write = (path: string, ...entities: Entity[]): void =>
    writeFileSync(join(folder, path), keyringText(entities), { mode: 0o600 });
  for (const [kind, entities] of [
    ['mgr', managers],
    ['osd', osds],
  ] as const) {
    for (const entity of entities) {
      const own = join(kind, entity.name.slice(4));
      rmSync(join(folder, own), { recursive: true, force: true });
      mkdirSync(join(folder, own), { recursive: true });
      write(join(own, 'keyring'), entity);
    }
  }
  write('reader.keyring', reader);
  write('keyring', admin);
  write('all.keyring', monitor, admin, reader, ...managers, ...osds);
  return join(folder, 'all.keyring');
}
