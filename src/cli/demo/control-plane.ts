import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BarographError } from '../../core/errors.ts';

// Only a checkout has it: tests and trials start it as a program of its own.
const program = join(fileURLToPath(new URL('../../..', import.meta.url)), 'test', 'cluster', 'main.ts');

/** The test control plane of a checkout (`npm run cluster`), in a run folder of its own. */
export class ControlPlane {
  readonly kubeconfig: string;
  readonly #run: string;

  private constructor(run: string, kubeconfig: string) {
    this.#run = run;
    this.kubeconfig = kubeconfig;
  }

  /** Builds what is missing (minutes at the first time, it says how far it is) and starts it. Throws USAGE_WRONG outside a checkout. */
  static async up(run: string, progress: (line: string) => void): Promise<ControlPlane> {
    if (!existsSync(program)) {
      throw new BarographError(
        'USAGE_WRONG',
        'expected a checkout of the repository for --cluster; the package has no control plane',
      );
    }
    await runCluster(['up', '--run', run, '--nodes', '0'], progress);
    const lines: string[] = [];
    await runCluster(['env', '--run', run], (line) => void lines.push(line));
    const kubeconfig = lines.flatMap((line) => /^export KUBECONFIG='(.*)'$/.exec(line)?.[1] ?? [])[0];
    if (kubeconfig === undefined) throw new BarographError('INTERNAL', 'expected `cluster env` to name a kubeconfig');
    return new ControlPlane(run, kubeconfig);
  }

  async useScheduler(file: string): Promise<void> {
    await runCluster(['scheduler', file, '--run', this.#run], () => undefined);
  }

  async down(): Promise<void> {
    await runCluster(['down', '--run', this.#run], () => undefined);
  }
}

function runCluster(args: readonly string[], say: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const [command = '', ...rest] = args;
    const runAt = rest.indexOf('--run');
    const run = rest.splice(runAt, 2);
    const child = spawn(process.execPath, [program, ...run, command, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      said = `${said}${text}`.slice(-2000);
      for (const line of text.split('\n')) if (line.trim() !== '') say(line.trim());
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(new BarographError('CLUSTER_UNREACHABLE', `the control plane's \`${command}\` failed: ${said.trim()}`));
    });
  });
}
