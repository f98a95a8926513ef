import { alerts } from './alerts.ts';
import { authoritySecret, servingSecret } from './configuration.ts';
import { type InstallOptions, inNamespace, type KubernetesObject, selectorLabels, serviceHost } from './options.ts';

const apiVersion = 'monitoring.coreos.com/v1';

/** For clusters with the Prometheus operator: what to scrape, and when to warn. */
export function monitoringObjects(options: InstallOptions): KubernetesObject[] {
  if (!options.monitoring) return [];
  const authority = options.certificates.kind === 'own' ? authoritySecret : servingSecret;
  return [
    {
      apiVersion,
      kind: 'ServiceMonitor',
      metadata: inNamespace(options),
      spec: {
        // Not the headless Service, which has the same pods.
        selector: { matchLabels: { ...selectorLabels, 'barograph.dev/scrape': 'true' } },
        endpoints: [
          {
            port: 'https',
            scheme: 'https',
            path: '/metrics',
            interval: '30s',
            tlsConfig: {
              ca: { secret: { name: authority, key: 'ca.crt' } },
              serverName: serviceHost(options.namespace),
            },
          },
        ],
      },
    },
    {
      apiVersion,
      kind: 'PrometheusRule',
      metadata: inNamespace(options),
      spec: { groups: [{ name: 'barograph', rules: alerts() }] },
    },
  ];
}
