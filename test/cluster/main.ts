import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { describeError } from '../../src/core/errors.ts';
import { ensureBinaries } from './binaries.ts';
import { Cluster, isAnyRunning, removeStored, statusOf, stopAll } from './cluster.ts';
import { ClusterError } from './cluster-error.ts';
import { componentNames } from './components.ts';
import { defaultRunFolder } from './folders.ts';
import { startCluster } from './start.ts';

interface RunOption {
  readonly run: string;
}

const program = new Command('cluster')
  .description('A real Kubernetes control plane on this machine, with fake nodes, for tests and trials')
  .option('--run <folder>', 'where state, logs and the kubeconfig are kept', defaultRunFolder())
  .showHelpAfterError()
  // Before the commands, which inherit it: wrong use is exit code 2, as everywhere in Barograph.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('up')
  .description('build what is missing and start what does not run')
  .option('--nodes <count>', 'how many fake nodes to have at least', wholeNumber, 10)
  .option('--scheduler-config <file>', 'a KubeSchedulerConfiguration; @KUBECONFIG@ in it is replaced')
  .action(async (options: { nodes: number; schedulerConfig?: string }) => {
    const started = performance.now();
    const file = options.schedulerConfig;
    const scheduler = file === undefined ? {} : { schedulerConfig: readFileSync(file, 'utf8') };
    const cluster = await startCluster({ run: runFolder(), nodes: options.nodes, ...scheduler });
    say(`up in ${Math.round((performance.now() - started) / 1000)} s with ${await cluster.nodeCount()} nodes`);
    say(`export KUBECONFIG=${cluster.kubeconfig}`);
    cluster.api.close();
  });

program
  .command('down')
  .description('stop it and forget everything stored in it')
  .action(async () => {
    await stopAll(runFolder());
    removeStored(runFolder());
    say('down');
  });

program
  .command('status')
  .description('say what runs; exit code 1 when something does not')
  .action(() => {
    const status = statusOf(runFolder());
    for (const name of componentNames) say(`${name.padEnd(20)}${status[name] ?? 'down'}`);
    if (componentNames.some((name) => status[name] === undefined)) process.exitCode = 1;
  });

program
  .command('env')
  .description('print what a shell may eval')
  .action(async () => {
    const cluster = await open();
    say(`export KUBECONFIG='${cluster.kubeconfig}'`);
    say(`export APISERVER='${cluster.server}'`);
    for (const [name, port] of Object.entries(cluster.ports)) say(`export PORT_${name.toUpperCase()}=${port}`);
  });

program
  .command('scheduler')
  .description('restart the scheduler with another configuration')
  .argument('<file>', 'a KubeSchedulerConfiguration; @KUBECONFIG@ in it is replaced')
  .action(async (file: string) => {
    const cluster = await open();
    await cluster.restartScheduler(readFileSync(file, 'utf8'));
    say('scheduler restarted');
  });

program
  .command('build')
  .description('only build the programs')
  .action(() => ensureBinaries(say));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`cluster: ${describeError(error)}\n`);
  process.exitCode = 1;
}

async function open(): Promise<Cluster> {
  if (!isAnyRunning(runFolder())) throw new ClusterError(`nothing runs in ${runFolder()}; start it with \`up\``);
  return Cluster.in(runFolder());
}

function runFolder(): string {
  return resolve(program.opts<RunOption>().run);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
