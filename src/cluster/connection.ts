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

/** The API server: GET requests with the credentials of a kubeconfig, its certificate checked against the kubeconfig's authority. */
export interface Connection {
  readonly server: string;
  /** The answer, whatever its status; its body is a stream of texts. Rejects when the server cannot be reached. */
  get(request: ApiRequest): Promise<IncomingMessage>;
}

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
  return { server, get: (request) => get(config, server.replace(/\/$/, ''), request) };
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
  return config;
}

async function get(config: KubeConfig, server: string, request: ApiRequest): Promise<IncomingMessage> {
  const options: RequestOptions = {};
  // Asked anew each time: tokens of service accounts and of exec plug-ins expire.
  await config.applyToHTTPSOptions(options);
  const headers = { ...options.headers, accept: request.accept };
  const send = server.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = send(`${server}${request.path}`, { ...options, headers, signal: request.signal }, (response) => {
      response.setEncoding('utf8');
      resolve(response);
    });
    call.setTimeout(request.idleSeconds * 1000, () => {
      const silence = `${server} said nothing for ${request.idleSeconds} s`;
      call.destroy(new BarographError('CLUSTER_UNREACHABLE', silence));
    });
    call.on('error', reject);
    call.end();
  });
}
