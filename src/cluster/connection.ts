import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { BarographError } from '../core/errors.ts';

export interface ConnectionOptions {
  /** A kubeconfig file. Without one: $KUBECONFIG, ~/.kube/config, else the service account of the pod. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

export interface ApiRequest {
  /** Path and query: `/api/v1/pods?limit=500`. */
  readonly path: string;
  readonly accept: string;
  readonly signal: AbortSignal;
  /** The longest silence of the server; the request fails after it. */
  readonly idleSeconds: number;
}

export interface ApiAnswer {
  readonly status: number;
  /** What the body says; undefined when it is not JSON. */
  readonly body: unknown;
}

/** The API server: requests with the credentials of a kubeconfig, its certificate checked against the kubeconfig's authority. */
export interface Connection {
  readonly server: string;
  /** The answer, whatever its status; its body is a stream of texts. Rejects when the server cannot be reached. */
  get(request: ApiRequest): Promise<IncomingMessage>;
  /** The whole answer, whatever its status; a PATCH is a JSON merge patch. Rejects when there is none within 10 s. */
  send(method: ApiMethod, path: string, body?: object): Promise<ApiAnswer>;
}

export type ApiMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const answerSeconds = 10;

/** Reads the credentials; nothing is sent yet. Throws CLUSTER_UNREACHABLE when there are none. */
export function openConnection(options: ConnectionOptions): Connection {
  const config = loadConfig(options);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || config.getCurrentUser() === null || !URL.canParse(server)) {
    const where = options.kubeconfig ?? 'the environment';
    throw new BarographError(
      'CLUSTER_UNREACHABLE',
      `expected a cluster and a user of context '${config.getCurrentContext()}' in ${where}, found none`,
    );
  }
  const base = server.replace(/\/$/, '');
  return {
    server,
    get: (request) => exchange(config, base, { ...request, method: 'GET' }),
    send: (method, path, body) => send(config, base, method, path, body),
  };
}

/** The whole body of an answer. */
export async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

function loadConfig({ kubeconfig, context }: ConnectionOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const where = kubeconfig ?? 'the environment';
    throw new BarographError('CLUSTER_UNREACHABLE', `expected a kubeconfig in ${where}`, { cause });
  }
  if (context !== undefined) config.setCurrentContext(context);
  // What the client makes up when it finds nothing: kubectl's old default, where nobody listens.
  if (kubeconfig === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    const found = 'found no kubeconfig in $KUBECONFIG, ~/.kube/config or a pod; give one, or run without a cluster';
    throw new BarographError('CLUSTER_UNREACHABLE', `${found} (kubernetes.enabled: false)`);
  }
  return config;
}

async function send(
  config: KubeConfig,
  server: string,
  method: ApiMethod,
  path: string,
  body: object | undefined,
): Promise<ApiAnswer> {
  const signal = AbortSignal.timeout(answerSeconds * 1000);
  const common = { method, path, accept: 'application/json', signal, idleSeconds: answerSeconds };
  const response = await exchange(
    config,
    server,
    body === undefined ? common : { ...common, json: JSON.stringify(body) },
  );
  return { status: response.statusCode ?? 0, body: jsonOf(await readBody(response)) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Exchange extends ApiRequest {
  readonly method: ApiMethod;
  readonly json?: string;
}

async function exchange(config: KubeConfig, server: string, request: Exchange): Promise<IncomingMessage> {
  const options: RequestOptions = {};
  // Asked anew each time: tokens of service accounts and of exec plug-ins expire.
  await config.applyToHTTPSOptions(options);
  const { method, path, signal, json, idleSeconds } = request;
  const headers = { ...options.headers, accept: request.accept, ...contentHeaders(method, json) };
  const call = server.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = call(`${server}${path}`, { ...options, method, headers, signal }, (response) => {
      response.setEncoding('utf8');
      resolve(response);
    });
    sent.setTimeout(idleSeconds * 1000, () => {
      const silence = `${server} said nothing for ${idleSeconds} s`;
      sent.destroy(new BarographError('CLUSTER_UNREACHABLE', silence));
    });
    sent.on('error', reject);
    sent.end(json);
  });
}

function contentHeaders(method: ApiMethod, json: string | undefined): Record<string, string | number> {
  if (json === undefined) return {};
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return { 'content-type': type, 'content-length': Buffer.byteLength(json) };
}
