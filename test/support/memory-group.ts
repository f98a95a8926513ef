import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group whose processes may take so much memory together; the kernel kills what takes more, as it does with a container. */
export interface MemoryGroup {
  /** What a command line begins with to run in it. */
  readonly within: readonly string[];
  limit(bytes: number): void;
  /** Without what the kernel could drop. */
  usedBytes(): number;
  /** After all its processes have ended. */
  remove(): void;
}

const versions = [
  { parent: '/sys/fs/cgroup/memory', limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'], used: 'rss' },
  { parent: '/sys/fs/cgroup', limits: ['memory.max', 'memory.swap.max'], used: 'anon' },
] as const;

/** Why there can be none here, undefined when there can. */
export function memoryGroupMissing(): string | undefined {
  try {
    makeMemoryGroup(`barograph-probe-${process.pid}`).remove();
    return undefined;
  } catch {
    return 'control groups of memory need root, or sudo without a password';
  }
}

export function makeMemoryGroup(name: string): MemoryGroup {
  const version = existsSync('/sys/fs/cgroup/cgroup.controllers') ? versions[1] : versions[0];
  const path = join(version.parent, name);
  asRoot('mkdir', path);
  if (!existsSync(join(path, version.limits[0]))) {
    asRoot('rmdir', path);
    throw new RangeError(`expected ${version.limits[0]} in ${path}`);
  }
  const write = (file: string, text: string): void => {
    asRoot('sh', '-c', `echo ${text} > ${join(path, file)}`);
  };
  const enter = `${sudo.join(' ')} sh -c "echo $$ > ${join(path, 'cgroup.procs')}" && exec "$@"`;
  return {
    within: ['sh', '-c', enter, 'sh'],
    limit(bytes) {
      const [memory, swap] = version.limits;
      write(memory, String(bytes));
      // Memory and swap together in the first version, swap alone in the second; a kernel may count neither.
      if (existsSync(join(path, swap))) write(swap, version === versions[0] ? String(bytes) : '0');
    },
    usedBytes() {
      const stat = readFileSync(join(path, 'memory.stat'), 'utf8');
      return Number(new RegExp(`^${version.used} (\\d+)$`, 'm').exec(stat)?.[1] ?? Number.NaN);
    },
    remove: () => asRoot('rmdir', path),
  };
}

const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];

function asRoot(...command: readonly string[]): void {
  const [program = '', ...args] = [...sudo, ...command];
  execFileSync(program, args, { stdio: 'pipe' });
}
