import { readFileSync } from 'node:fs';
import { Argument, Command } from 'commander';
import { openConnection, readBody } from '../cluster/connection.ts';
import { fieldsOf, textOf } from '../cluster/fields.ts';
import type { Decision } from '../core/decision.ts';
import { decisionAnnotation, decisionIdIn } from '../core/decision-annotation.ts';
import { BarographError } from '../core/errors.ts';
import { openSqlite } from '../knowledge/sqlite.ts';
import { explainText } from './explain-text.ts';
import { type CommonOptions, configOption, outputOption, print, readConfig } from './options.ts';
import { requestJson } from './request-json.ts';

interface Options extends CommonOptions {
  readonly namespace: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly server?: string;
  readonly authority?: string;
  readonly tokenFile?: string;
}

/** What carries the decision annotation, and where it is read. */
type Explained = 'pod' | 'claim';

const collections = { pod: 'pods', claim: 'persistentvolumeclaims' } as const;

export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'print what was decided about a pod or a claim, from which data, and what would have happened otherwise',
    )
    .addArgument(
      new Argument('<what>', 'a pod or a claim by its name, or a decision by its id').choices([
        'pod',
        'claim',
        'decision',
      ]),
    )
    .argument('<name>', 'the name or the id')
    .option('-n, --namespace <name>', 'the namespace of the pod or claim', 'default')
    .addOption(configOption())
    .option('--kubeconfig <file>', 'where the pod or claim is read')
    .option('--context <name>', 'a context of the kubeconfig')
    .option('--server <url>', 'read the decision from a running server, not from the knowledge base of --config')
    .option('--authority <file>', "the server's certificate authority (ca.crt)")
    .option('--token-file <file>', 'a bearer token for the server')
    .addOption(outputOption())
    .action(async (what: Explained | 'decision', name: string, options: Options) => {
      const id = what === 'decision' ? name : await decisionIdOf(what, name, options);
      const decision = await find(id, options);
      print(options.output, decision, () => explainText(decision));
    });
}

/** A decision is found by the annotation that the pod or claim got at admission: `<id>; <mode>; <what>`. */
async function decisionIdOf(what: Explained, object: string, options: Options): Promise<string> {
  const { namespace } = options;
  const configured = options.config === undefined ? undefined : readConfig(options).kubernetes;
  const connection = openConnection({
    kubeconfig: options.kubeconfig ?? configured?.kubeconfig,
    context: options.context ?? configured?.context,
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${collections[what]}/${encodeURIComponent(object)}`;
  const signal = AbortSignal.timeout(15_000);
  const response = await connection.get({ path, accept: 'application/json', signal, idleSeconds: 10 });
  const body = await readBody(response);
  if (response.statusCode === 404) {
    throw new BarographError(
      'DECISION_UNKNOWN',
      `there is no ${what} ${namespace}/${object} in the cluster (is the namespace right?)`,
    );
  }
  if (response.statusCode !== 200) {
    throw new BarographError(
      'CLUSTER_UNREACHABLE',
      `GET ${path} answered ${response.statusCode}: ${body.slice(0, 300)}`,
    );
  }
  const annotations = fieldsOf(fieldsOf(fieldsOf(JSON.parse(body)).metadata).annotations);
  const id = decisionIdIn(textOf(annotations[decisionAnnotation]));
  if (id !== undefined) return id;
  throw new BarographError(
    'DECISION_UNKNOWN',
    `the ${what} ${namespace}/${object} has no annotation ${decisionAnnotation}: it went through unchanged, or before Barograph`,
  );
}

async function find(id: string, options: Options): Promise<Decision> {
  if (options.server !== undefined) {
    const url = `${options.server.replace(/\/$/, '')}/api/v1/decisions/${encodeURIComponent(id)}`;
    const authority = options.authority === undefined ? undefined : readFileSync(options.authority, 'utf8');
    const token = options.tokenFile === undefined ? undefined : readFileSync(options.tokenFile, 'utf8').trim();
    return (await requestJson(url, { authority, token })) as Decision;
  }
  if (options.config === undefined) {
    throw new BarographError('USAGE_WRONG', 'expected --config FILE (its knowledge base) or --server URL');
  }
  const knowledge = await openSqlite(readConfig(options).knowledge.path);
  try {
    const decision = await knowledge.decision(id);
    if (decision !== undefined) return decision;
    throw new BarographError(
      'DECISION_UNKNOWN',
      `no decision '${id}' in the knowledge base (is it older than decisions.keep?)`,
    );
  } finally {
    await knowledge.close();
  }
}
