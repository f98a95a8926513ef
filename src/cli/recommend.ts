import { Command, Option } from 'commander';
import type { ContainerForecast } from '../core/outlook.ts';
import { resources } from '../core/resource.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import { requestedAt } from '../predict/recommend.ts';
import { ownPolicy } from '../simulate/own-policy.ts';
import { policyNamed } from '../simulate/policies.ts';
import { servePolicy } from '../simulate/protocol/serve-policy.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { shownQuantity } from './quantities.ts';
import { percent, renderTable } from './table.ts';

interface Options extends CommonOptions {
  readonly namespace?: string;
  readonly protocol?: 'stdio';
  readonly model: string;
}

export function recommendCommand(): Command {
  return new Command('recommend')
    .description('print what each container should request at the configured objective, from the newest forecasts')
    .addOption(configOption())
    .option('-n, --namespace <name>', 'only this namespace')
    .addOption(outputOption())
    .addOption(
      new Option('--protocol <form>', 'answer a driver that speaks the policy protocol, instead of printing').choices([
        'stdio',
      ]),
    )
    .option('--model <name>', 'what answers with --protocol; see `barograph simulate --help`', ownPolicy.name)
    .action(async (options: Options) => {
      if (options.protocol === 'stdio') return servePolicy(policyNamed(options.model), process.stdin, process.stdout);
      const { knowledge: where, objective } = readConfig(options);
      const knowledge = await openSqlite(where.path);
      try {
        const all = await Array.fromAsync(knowledge.forecasts());
        const rows = all
          .filter(({ id }) => options.namespace === undefined || id.startsWith(`${options.namespace}/`))
          .map((forecast) => rowOf(forecast, objective));
        print(options.output, rows, () => table(rows, objective));
      } finally {
        await knowledge.close();
      }
    });
}

interface Objective {
  readonly cpuExceeded: number;
  readonly memoryExceeded: number;
}

function rowOf(forecast: ContainerForecast, objective: Objective) {
  const [cpu, memory] = resources.map((resource) =>
    requestedAt(forecast[resource], resource === 'cpu' ? objective.cpuExceeded : objective.memoryExceeded, true),
  );
  return { container: forecast.id, cpuMillicores: cpu, memoryBytes: memory, samples: forecast.samples };
}

function table(rows: readonly ReturnType<typeof rowOf>[], objective: Objective): string {
  if (rows.length === 0) return 'no container has a forecast yet; `barograph train` or `barograph serve` makes them';
  const lines = rows.map(({ container, cpuMillicores, memoryBytes, samples }) => [
    container,
    shownQuantity(cpuMillicores?.lower, 'cpu'),
    shownQuantity(cpuMillicores?.target, 'cpu'),
    shownQuantity(cpuMillicores?.upper, 'cpu'),
    shownQuantity(memoryBytes?.lower, 'memory'),
    shownQuantity(memoryBytes?.target, 'memory'),
    shownQuantity(memoryBytes?.upper, 'memory'),
    String(samples),
  ]);
  const header = ['container', 'cpu lower', 'target', 'upper', 'memory lower', 'target', 'upper', 'samples'];
  const promise = `cpu exceeded in ${percent(objective.cpuExceeded)} of windows, memory in ${percent(objective.memoryExceeded)} of container-days`;
  return `${renderTable(header, lines)}\n\nat the objective: ${promise}`;
}
