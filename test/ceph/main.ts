import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { BarographError, describeError } from '../../src/core/errors.ts';
import type { Ceph } from './ceph.ts';
import { openCeph, startCeph } from './start.ts';

const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');

const program = new Command('ceph')
  .description('A real Ceph on this machine, with pools fast, slow and cold, for tests and trials')
  .option('--run <folder>', 'where it is kept', join(cache, 'barograph-ceph'))
  .showHelpAfterError()
  // Before the commands, which inherit it: wrong use is exit code 2, as everywhere in Barograph.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('up')
  .description('start what does not run')
  .option('--dashboard', 'with the dashboard, at the first start')
  .action(async ({ dashboard = false }: { dashboard?: boolean }) => {
    const started = performance.now();
    const ceph = await startCeph({ folder: runFolder(), dashboard });
    say(`up in ${Math.round((performance.now() - started) / 1000)} s`);
    sayHow(ceph);
  });

program
  .command('down')
  .description('stop it and forget everything stored in it')
  .action(async () => {
    await opened().stop();
    rmSync(runFolder(), { recursive: true, force: true });
    say('down');
  });

program
  .command('status')
  .description('say what runs; exit code 1 when something does not')
  .action(() => {
    const status = opened().status();
    for (const [name, pid] of Object.entries(status)) say(`${name.padEnd(20)}${pid ?? 'down'}`);
    if (Object.values(status).includes(undefined)) process.exitCode = 1;
  });

program
  .command('env')
  .description('print what a shell may eval')
  .action(() => sayHow(opened()));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ceph: ${describeError(error)}\n`);
  process.exitCode = 1;
}

function opened(): Ceph {
  if (existsSync(join(runFolder(), 'plan.json'))) return openCeph(runFolder());
  throw new BarographError('USAGE_WRONG', `no Ceph was started in ${runFolder()}; start it with \`up\``);
}

function sayHow(ceph: Ceph): void {
  say(`export CEPH_CONF='${join(ceph.folder, 'ceph.conf')}'`);
  say(`export CEPH_METRICS='${ceph.metricsUrls.join(' ')}'`);
  if (ceph.plan.dashboard) say(`export CEPH_DASHBOARD='${ceph.dashboard.url}'`);
}

function runFolder(): string {
  return resolve(program.opts<{ readonly run: string }>().run);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
