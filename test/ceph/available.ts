import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const programs = ['ceph', 'ceph-mon', 'ceph-mgr', 'ceph-osd', 'ceph-authtool', 'monmaptool', 'rados'];

/** Why tests that need a Ceph must be skipped here; undefined when they can run. */
export function cephMissing(): string | undefined {
  if (process.platform !== 'linux') return `the test Ceph runs on Linux only, this is ${process.platform}`;
  const missing = programs.filter((name) => spawnSync(name, ['--version']).status !== 0);
  if (missing.length > 0) {
    return `${missing.join(', ')} not installed (Debian packages ceph-mon ceph-mgr ceph-osd ceph-mgr-modules-core ceph-common)`;
  }
  return undefined;
}

/** Why devices with an identity of their own cannot be made here: then OSDs are on plain files, and have no S.M.A.R.T. */
export function loopDevicesMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'loop devices need root';
  return spawnSync('losetup', ['-f']).status === 0 ? undefined : 'there are no loop devices';
}

/** Why the managers' dashboard cannot run here. */
export function dashboardMissing(): string | undefined {
  const isThere = existsSync('/usr/share/ceph/mgr/dashboard/module.py');
  return isThere ? undefined : 'the dashboard is not installed (Debian package ceph-mgr-dashboard)';
}
