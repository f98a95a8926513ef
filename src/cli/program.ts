import { Command } from 'commander';
import { certsCommand } from './certs.ts';
import { demoCommand } from './demo.ts';
import { disksCommand } from './disks.ts';
import { explainCommand } from './explain.ts';
import { installCommand } from './install.ts';
import { modelsCommand } from './models.ts';
import { packageVersion } from './package-version.ts';
import { recommendCommand } from './recommend.ts';
import { risksCommand } from './risks.ts';
import { serveCommand } from './serve.ts';
import { simulateCommand } from './simulate.ts';
import { storageCommand } from './storage.ts';
import { trainCommand } from './train.ts';

/** The whole command line. Nothing runs until it parses arguments. */
export function createProgram(): Command {
  const program = new Command('barograph')
    .description('Sizes pods at admission and places them by forecast, keeping the risk you set')
    .version(packageVersion(), '--version', 'print the version')
    .showHelpAfterError()
    .exitOverride();
  const commands = [
    serveCommand(),
    trainCommand(),
    recommendCommand(),
    explainCommand(),
    modelsCommand(),
    risksCommand(),
    simulateCommand(),
    disksCommand(),
    storageCommand(),
    certsCommand(),
    installCommand(),
    demoCommand(),
  ];
  for (const command of commands) program.addCommand(inherit(command));
  return program;
}

// Commands made on their own do not inherit: wrong use of any must end with 2, not with an exit of its own.
function inherit(command: Command): Command {
  for (const child of command.commands) inherit(child);
  return command.showHelpAfterError().exitOverride();
}
