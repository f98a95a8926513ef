import { join } from 'node:path';
import { binaryPath, stagesPath } from './binaries.ts';
import type { Ports } from './ports.ts';
import type { Program } from './processes.ts';

/** In the order in which they start. */
export const componentNames = ['etcd', 'apiserver', 'controller-manager', 'scheduler', 'kwok'] as const;

export type ComponentName = (typeof componentNames)[number];

/** A program of the control plane and where it says that it is ready. */
export interface Component extends Program {
  readonly name: ComponentName;
  readonly readyUrl: string;
}

const controllers = [
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'node-lifecycle-controller',
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'disruption-controller',
  'resourcequota-controller',
  'garbage-collector-controller',
  'persistentvolume-binder-controller',
];

/** The commands of all components for a run folder. */
export function componentsOf(
  run: string,
  ports: Ports,
  extra: Partial<Record<ComponentName, readonly string[]>> = {},
): Readonly<Record<ComponentName, Component>> {
  const extended = (component: Component): Component => ({
    ...component,
    command: [...component.command, ...(extra[component.name] ?? [])],
  });
  return {
    etcd: extended(etcd(run, ports)),
    apiserver: extended(apiserver(run, ports)),
    'controller-manager': extended(controllerManager(run, ports)),
    scheduler: extended(scheduler(run, ports)),
    kwok: extended(kwok(run, ports)),
  };
}

function etcd(run: string, ports: Ports): Component {
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.etcdPeer}`];
  return {
    name: 'etcd',
    readyUrl: `${client}/health`,
    command: [
      binaryPath('etcd'),
      `--data-dir=${join(run, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=error',
      '--quota-backend-bytes=8000000000',
      '--unsafe-no-fsync',
    ],
  };
}

function apiserver(run: string, ports: Ports): Component {
  return {
    name: 'apiserver',
    readyUrl: `https://127.0.0.1:${ports.apiserver}/readyz`,
    command: [
      binaryPath('kube-apiserver'),
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      `--secure-port=${ports.apiserver}`,
      '--bind-address=127.0.0.1',
      ...servingFlags(run),
      `--service-account-key-file=${join(run, 'pki', 'sa.key')}`,
      `--service-account-signing-key-file=${join(run, 'pki', 'sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--token-auth-file=${join(run, 'pki', 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--allow-privileged',
    ],
  };
}

function controllerManager(run: string, ports: Ports): Component {
  return {
    name: 'controller-manager',
    readyUrl: `https://127.0.0.1:${ports.controllerManager}/healthz`,
    command: [
      binaryPath('kube-controller-manager'),
      `--kubeconfig=${kubeconfigPath(run)}`,
      `--service-account-private-key-file=${join(run, 'pki', 'sa.key')}`,
      `--root-ca-file=${join(run, 'pki', 'ca.crt')}`,
      '--use-service-account-credentials=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      ...servingFlags(run),
      '--leader-elect=false',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      // Thousands of fake nodes send no heartbeats worth waiting for.
      '--node-monitor-grace-period=24h',
      '--node-monitor-period=60s',
      `--controllers=${controllers.join(',')}`,
    ],
  };
}

function scheduler(run: string, ports: Ports): Component {
  return {
    name: 'scheduler',
    readyUrl: `https://127.0.0.1:${ports.scheduler}/readyz`,
    command: [
      binaryPath('kube-scheduler'),
      `--config=${schedulerConfigPath(run)}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.scheduler}`,
      ...servingFlags(run),
    ],
  };
}

function kwok(run: string, ports: Ports): Component {
  return {
    name: 'kwok',
    readyUrl: `http://127.0.0.1:${ports.kwok}/healthz`,
    command: [
      binaryPath('kwok'),
      `--kubeconfig=${kubeconfigPath(run)}`,
      `--config=${stagesPath()}`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-lease-duration-seconds=0',
      `--server-address=127.0.0.1:${ports.kwok}`,
      '--enable-crds=',
    ],
  };
}

export function kubeconfigPath(run: string): string {
  return join(run, 'kubeconfig');
}

export function schedulerConfigPath(run: string): string {
  return join(run, 'scheduler.yaml');
}

function servingFlags(run: string): readonly string[] {
  return [`--tls-cert-file=${join(run, 'pki', 'tls.crt')}`, `--tls-private-key-file=${join(run, 'pki', 'tls.key')}`];
}
