import forge from 'node-forge';
import type { KeyPair } from '../../certs/authority.ts';

/** A certificate by which a client can say who it is, signed by an authority. */
export function createClientCertificate(authority: KeyPair, name: string): KeyPair {
  const issuer = forge.pki.certificateFromPem(authority.certificate);
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
  certificate.validity.notBefore = issuer.validity.notBefore;
  certificate.validity.notAfter = issuer.validity.notAfter;
  certificate.setSubject([{ name: 'commonName', value: name }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', clientAuth: true },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.privateKey), forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate),
    privateKey: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
