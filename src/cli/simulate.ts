import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { BarographError } from '../core/errors.ts';
import { ownPolicy } from '../simulate/own-policy.ts';
import { policyKinds } from '../simulate/policies.ts';
import type { Outcome } from '../simulate/replay/outcome.ts';
import { nameOf } from '../simulate/replay/plan.ts';
import { variants } from '../simulate/replay/rules.ts';
import { runAll } from '../simulate/replay/run-all.ts';
import { htmlReport } from '../simulate/report/html.ts';
import { outputOption, print } from './options.ts';
import { resultJson } from './simulate/json.ts';
import type { SimulateOptions } from './simulate/options.ts';
import { planOf, wantedPlan } from './simulate/plan.ts';
import { startProgress } from './simulate/progress.ts';
import { readHistory } from './simulate/read-history.ts';
import { resultText } from './simulate/text.ts';

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('replay a history: what policies would have requested, wasted and exceeded, changing nothing')
    .option('--traces <path>', 'a trace file or a folder of them; also a folder of GWA-T-12 (Bitbrains)')
    .addOption(new Option('--from <kind>', 'read the history from a metrics server').choices(['prometheus']))
    .option('--url <url>', 'the metrics server, in place of source.url')
    .option('--last <duration>', 'how much history is read from it', '14d')
    .option('--selector <matchers>', 'label matchers for it, such as namespace="shop"')
    .option('--config <file>', 'the configuration, a YAML file, for source.url and its credentials')
    .option('--step <duration>', 'length of a step', '5m')
    .option('--requests <file>', 'what containers request today: CSV with the header series,cpu,memory')
    .option('--align', 'let all containers begin together, whenever they were recorded')
    .option('--policy <name...>', `which policies, of ${names().join(', ')}; all of them by default`)
    .option('--command <command...>', 'programs that speak the policy protocol, run beside them')
    .option('--objective <risks>', 'the promised risk', 'cpu=0.01,memory-per-day=0.12')
    .option('--sweep <factors>', 'Barograph at multiples of the promised risk too, such as 0.25,0.5,2,4')
    .addOption(
      new Option('--variant <rule>', 'how requests follow advice: by eviction or in place')
        .choices(variants)
        .default('updater'),
    )
    .option('--mem-hold <hours>', 'take memory at its highest of so many hours')
    .option('--warm-up <duration>', 'how long policies only learn', '7d')
    .option('--reference <name>', 'what the others are compared with', 'vpa')
    .option('--report <file>', 'write a report: one HTML page that needs nothing else')
    .addOption(outputOption())
    .action(simulate);
}

function names(): string[] {
  return [...policyKinds.map(({ name }) => name), 'clairvoyant-24h', 'clairvoyant-1h'];
}

async function simulate(options: SimulateOptions): Promise<void> {
  const wanted = wantedPlan(options);
  const progress = startProgress();
  try {
    const { history, origin } = await readHistory(options, progress);
    const bouts = planOf(wanted, history);
    progress.phase(`replaying ${bouts.length} policies on ${history.ids.length} containers`);
    const outcomes = await runAll(history, bouts, (at) => progress.update(at.share, at.secondsLeft));
    progress.end();
    const reference = outcomes.find(({ name }) => name === options.reference);
    if (options.report !== undefined) {
      const own = outcomes.find(({ bout }) => nameOf(bout) === ownPolicy.name) ?? outcomes[0];
      await write(options.report, htmlReport({ origin, history, outcomes, own, reference: other(own, reference) }));
    }
    const result = { history, origin, outcomes, reference };
    print(options.output, options.output === 'json' ? resultJson(result) : undefined, () => resultText(result));
  } finally {
    progress.end();
  }
}

function other(own: Outcome | undefined, reference: Outcome | undefined): Outcome | undefined {
  return reference === own ? undefined : reference;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new BarographError('USAGE_WRONG', `cannot write the report to ${path}`, { cause });
  }
}
