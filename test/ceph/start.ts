// A real Ceph for tests: monitor, managers with the prometheus module (and the dashboard), OSDs of different device classes with pools on them, all on loopback.
//
//     const ceph = await startCeph();                            // pools fast, slow, cold, each on an OSD of its own; some 30 s
//     configuration: { metrics: { kind: 'mgr', urls: ceph.metricsUrls }, map: { kind: 'command', command: ceph.readOnlyCommand } }
//     const load = ceph.load('fast', { seconds: 20 });           // rados bench in the background; await load.stop() or load.ended
//     await ceph.slow(1, 0.3); await ceph.quick(1);              // every operation of osd.1 waits 0.3 s
//     await ceph.fill('cold', 0.5); await ceph.ratios(0.4);      // half of its fullest OSD; from 40 % on it is near full
//     await ceph.setSmart(0, smartctlJson);                      // what Ceph itself scrapes of osd.0's device (root only)
//     await ceph.kill(2); await ceph.revive(2);
//     await ceph.stop();
//
// Tests: describe.skipIf(cephMissing() !== undefined); hooks with cephStartMilliseconds. More of it in plan.ts: OSDs on hosts, replicas, erasure coding.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopDevicesMissing } from './available.ts';
import { Ceph, type ManagerPorts } from './ceph.ts';
import { makeMonitor } from './make.ts';
import { type CephOptions, type CephPlan, planOf } from './plan.ts';
import { steadyPort } from './ports.ts';

/** A time-out for a hook that starts a Ceph beside other work. */
export const cephStartMilliseconds = 180_000;

/** Starts a Ceph of its own. With a folder that has one, starts that one again with its data and pools. */
export async function startCeph(options: CephOptions = {}): Promise<Ceph> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'barograph-ceph-'));
  mkdirSync(folder, { recursive: true });
  const state = join(folder, 'plan.json');
  if (!existsSync(state)) {
    const plan = planOf(options, loopDevicesMissing() === undefined);
    const ports = { monitor: await steadyPort(), monitorV1: await steadyPort() };
    const managerPorts = [];
    for (const _ of plan.managers) managerPorts.push({ metrics: await steadyPort(), dashboard: await steadyPort() });
    await makeMonitor(folder, ports, plan);
    writeFileSync(state, JSON.stringify({ plan, managerPorts }));
  }
  const ceph = openCeph(folder, options.folder === undefined);
  try {
    await ceph.up();
    return ceph;
  } catch (error) {
    await ceph.stop();
    throw error;
  }
}

/** The Ceph of a folder, running or not. */
export function openCeph(folder: string, isTemporary = false): Ceph {
  const { plan, managerPorts } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as {
    plan: CephPlan;
    managerPorts: ManagerPorts[];
  };
  return new Ceph({ folder, plan, managerPorts, isTemporary });
}
