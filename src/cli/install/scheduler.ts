import { serviceHost } from './options.ts';

export interface SchedulerOptions {
  readonly namespace: string;
  /** PEM: kube-scheduler does not check the server's certificate when no authority is given. */
  readonly authority: string;
  /** The server's address as kube-scheduler reaches it; the Service's name by default, which few schedulers can resolve. */
  readonly url?: string | undefined;
  /** The name in the server's certificate where it is not the host of the URL. */
  readonly serverName?: string | undefined;
  /** Whether /extender/filter is registered too: every verb costs the scheduler a call for each pod. */
  readonly filter: boolean;
  /** What Barograph's 0 to 10 counts against the scheduler's own scores: 10 × weight points. */
  readonly weight: number;
}

/**
 * The part of the scheduler's configuration file that makes it ask Barograph. nodeCacheCapable: with false Kubernetes 1.36.3 scores nodes as
 * if they were empty (kubernetes/kubernetes#141781). No managedResources: every pod is asked about.
 */
export function schedulerStanza(options: SchedulerOptions): object {
  const { namespace, authority, url, serverName, filter, weight } = options;
  const origin = url ?? `https://${serviceHost(namespace)}:443`;
  const tls = {
    ...(serverName === undefined ? {} : { serverName }),
    caData: Buffer.from(authority).toString('base64'),
  };
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    extenders: [extenderStanza({ origin, tls, filter, weight })],
  };
}

export interface ExtenderOptions {
  /** `https://HOST:PORT` */
  readonly origin: string;
  readonly tls: object;
  readonly filter: boolean;
  readonly weight: number;
}

/** The extender's own part of a KubeSchedulerConfiguration. */
export function extenderStanza({ origin, tls, filter, weight }: ExtenderOptions): object {
  return {
    urlPrefix: `${origin}/extender`,
    ...(filter ? { filterVerb: 'filter' } : {}),
    prioritizeVerb: 'prioritize',
    weight,
    enableHTTPS: true,
    tlsConfig: tls,
    httpTimeout: '500ms',
    nodeCacheCapable: true,
    ignorable: true,
  };
}
