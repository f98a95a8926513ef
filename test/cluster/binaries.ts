import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';
import { binFolder, toolsFolder } from './folders.ts';

export const kubernetesVersion = '1.36.3';

const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
} as const;

export type Binary = keyof typeof packages;

const names = Object.keys(packages) as Binary[];
// What kwok does to its nodes and pods, from its own module: without stages it does nothing.
const stages = [
  'node/fast/node-initialize',
  'node/heartbeat-with-lease/node-heartbeat-with-lease',
  'pod/fast/pod-ready',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
];

export function binaryPath(name: Binary): string {
  return join(binFolder(), name);
}

export function stagesPath(): string {
  return join(binFolder(), 'kwok-stages.yaml');
}

/** Whether everything is built from the go.sum that stands here. */
export function binariesCurrent(): boolean {
  const built = existsSync(stampPath()) ? readFileSync(stampPath(), 'utf8') : '';
  return built === stamp() && existsSync(stagesPath()) && names.every((name) => existsSync(binaryPath(name)));
}

export function goInstalled(): boolean {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

/** Builds what is missing or out of date; a first build takes about eight minutes on two cores, a later one seconds. */
export async function ensureBinaries(say: (line: string) => void): Promise<void> {
  if (binariesCurrent()) return;
  mkdirSync(binFolder(), { recursive: true });
  const release = await lock(say);
  try {
    if (!binariesCurrent()) await build(say);
  } finally {
    release();
  }
}

async function build(say: (line: string) => void): Promise<void> {
  if (!goInstalled()) throw new ClusterError('expected `go` on the PATH to build the control plane, found none');
  const started = performance.now();
  say(`building Kubernetes ${kubernetesVersion}, etcd and kwok into ${binFolder()} (8 min at first, then seconds)`);
  for (const [index, name] of names.entries()) {
    say(`${index + 1} of ${names.length}: ${name} (${elapsed(started)} elapsed)`);
    // Built beside and renamed: a running binary cannot be written to.
    const beside = `${binaryPath(name)}.new`;
    await go(['build', '-trimpath', '-ldflags', linkerFlags(), '-o', beside, packages[name]], name);
    renameSync(beside, binaryPath(name));
  }
  await writeStages();
  writeFileSync(stampPath(), stamp());
  say(`built in ${elapsed(started)}`);
}

async function writeStages(): Promise<void> {
  const module = (await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], 'kwok stages')).trim();
  const texts = stages.map((stage) => readFileSync(join(module, 'kustomize/stage', `${stage}.yaml`), 'utf8'));
  writeFileSync(stagesPath(), texts.join('\n---\n'));
}

function go(args: readonly string[], what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd: toolsFolder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      errors = `${errors}${chunk}`.slice(-4000);
    });
    child.on('error', (cause) => reject(new ClusterError(`cannot run go for ${what}`, { cause })));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new ClusterError(`go ${args[0]} for ${what} ended with ${code} in ${toolsFolder}:\n${errors}`));
    });
  });
}

function linkerFlags(): string {
  const version = 'k8s.io/component-base/version';
  const [major, minor] = kubernetesVersion.split('.');
  // Clients refuse a server whose version is the v0.0.0 of an unmarked build.
  return [
    '-s -w',
    `-X ${version}.gitVersion=v${kubernetesVersion}`,
    `-X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`,
    `-X ${version}.gitTreeState=clean -X ${version}.gitCommit=unknown`,
  ].join(' ');
}

function stampPath(): string {
  return join(binFolder(), 'built-from');
}

function stamp(): string {
  const sums = readFileSync(join(toolsFolder, 'go.sum'));
  return `${kubernetesVersion} ${createHash('sha256').update(sums).digest('hex')}\n`;
}

function elapsed(started: number): string {
  return `${Math.round((performance.now() - started) / 1000)} s`;
}

/** One build at a time, over all processes: a lock file that holds the builder's process id. */
async function lock(say: (line: string) => void): Promise<() => void> {
  const path = join(binFolder(), 'building.pid');
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (cause) {
      if (!existsSync(path)) throw new ClusterError(`cannot write ${path}`, { cause });
    }
    const builder = Number(readFileSync(path, 'utf8'));
    if (builder > 0 && !existsSync(`/proc/${builder}`)) rmSync(path, { force: true });
    else if (attempt % 30 === 0) say(`process ${builder} is building already, waiting for it`);
    await sleep(1000);
  }
}
