import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './run.ts';

/** What Ceph calls the device of an OSD. */
export function deviceIdOf(osd: number): string {
  return `${model}_LAB${osd}`;
}

const model = 'ST4000DM000';
// What udev found out of real disks is kept here; libudev, which Ceph asks, looks nowhere else.
const udevFolder = '/run/udev/data';

/** Gives an OSD a loop device that is known by a model and a serial number, as a disk is. */
export async function attachDevice(folder: string, osd: number, bytes: number): Promise<void> {
  const image = join(folder, 'osd', `${osd}.img`);
  if (!existsSync(image)) writeFileSync(image, '');
  truncateSync(image, bytes);
  const device = (await run(['losetup', '--show', '-f', image])).trim();
  const block = join(folder, 'osd', String(osd), 'block');
  rmSync(block, { force: true });
  symlinkSync(device, block);
  const number = statSync(device).rdev;
  const identity = join(udevFolder, `b${(number >> 8) & 0xfff}:${number & 0xff}`);
  mkdirSync(udevFolder, { recursive: true });
  writeFileSync(identity, `E:ID_MODEL=${model}\nE:ID_SERIAL_SHORT=LAB${osd}\nE:ID_SERIAL=${deviceIdOf(osd)}\n`);
  writeFileSync(join(folder, 'osd', `${osd}.device`), `${device}\n${identity}\n`);
}

export async function detachDevice(folder: string, osd: number): Promise<void> {
  const [device, identity] = deviceOf(folder, osd);
  if (device === undefined || identity === undefined) return;
  rmSync(identity, { force: true });
  await run(['losetup', '-d', device]);
  rmSync(join(folder, 'osd', `${osd}.device`));
}

/** What stands for sudo on an OSD's PATH: `sudo smartctl … /dev/loopN` answers with the file that was put there for the device. */
export function writeFakeSudo(folder: string): void {
  for (const name of ['bin', 'smart']) mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, 'bin', 'sudo');
  const script = `#!/bin/sh\nfor last; do :; done\ncase "$1" in smartctl) exec cat '${folder}/smart/'"\${last##*/}.json" ;; esac\nexit 1\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

/** Sets what smartctl says of an OSD's device from now on. */
export function writeSmart(folder: string, osd: number, json: string): void {
  const [device = ''] = deviceOf(folder, osd);
  writeFileSync(join(folder, 'smart', `${basename(device)}.json`), json);
}

function deviceOf(folder: string, osd: number): (string | undefined)[] {
  const path = join(folder, 'osd', `${osd}.device`);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
}
