import { authoritySecret, servingSecret } from './configuration.ts';
import { type InstallOptions, inNamespace, type KubernetesObject, ownHosts } from './options.ts';

const apiVersion = 'cert-manager.io/v1';
const selfSigned = 'barograph-self-signed';
const isAddress = /^[\d.]+$|:/;

/** What cert-manager makes certificates from: an authority of Barograph's own, and a serving certificate signed by it. */
export function certificateObjects(options: InstallOptions): KubernetesObject[] {
  if (options.certificates.kind !== 'cert-manager') return [];
  const issuer = (name: string, spec: object): KubernetesObject => ({
    apiVersion,
    kind: 'Issuer',
    metadata: inNamespace(options, name),
    spec,
  });
  const certificate = (name: string, issuedBy: string, spec: object): KubernetesObject => ({
    apiVersion,
    kind: 'Certificate',
    metadata: inNamespace(options, name),
    spec: { secretName: name, ...spec, issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: issuedBy } },
  });
  const hosts = ownHosts(options.namespace);
  return [
    issuer(selfSigned, { selfSigned: {} }),
    // kube-scheduler reads the authority once, when it starts: it lasts ten years, and a renewal keeps its key.
    certificate(authoritySecret, selfSigned, {
      isCA: true,
      commonName: authoritySecret,
      duration: '87600h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
    }),
    issuer(authoritySecret, { ca: { secretName: authoritySecret } }),
    certificate(servingSecret, authoritySecret, {
      commonName: 'barograph',
      duration: '2160h',
      usages: ['digital signature', 'server auth'],
      dnsNames: hosts.filter((host) => !isAddress.test(host)),
      ipAddresses: hosts.filter((host) => isAddress.test(host)),
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    }),
  ];
}
