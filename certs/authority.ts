import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';
import { BarographError } from '../src/core/errors.ts';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

const authorityYears = 10;
const leafDays = 90;
const keyBits = 2048;
// Clocks of other machines may be behind, and this one may be set back by hours: a certificate that starts now would not be valid then.
const startEarlierSeconds = 86_400;

/** A private certificate authority, valid for ten years: kube-scheduler reads its CA once and never again. */
export async function createAuthority(nowSeconds: number): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = blank(keys.publicKey, nowSeconds, authorityYears * 365.25 * 86_400);
  const name = [{ name: 'commonName', value: 'barograph-ca' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return toPem(certificate, keys.privateKey);
}

/** A serving certificate for DNS names and IP addresses, signed by the authority, valid for 90 days but not longer than the authority is. */
export async function createServing(
  authority: KeyPair,
  hosts: readonly string[],
  nowSeconds: number,
): Promise<KeyPair> {
  const issuer = readAuthority(authority);
  const keys = await generateKeys();
  const certificate = blank(keys.publicKey, nowSeconds, leafDays * 86_400);
  const issuerEnd = issuer.certificate.validity.notAfter;
  if (certificate.validity.notAfter > issuerEnd) certificate.validity.notAfter = issuerEnd;
  certificate.setSubject([{ name: 'commonName', value: 'barograph' }]);
  certificate.setIssuer(issuer.certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    // Strict verifiers (OpenSSL's x509_strict, Python since 3.13) ask for it.
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.certificate.generateSubjectKeyIdentifier().getBytes(),
    },
    {
      name: 'subjectAltName',
      altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
    },
  ]);
  certificate.sign(issuer.privateKey, forge.md.sha256.create());
  return toPem(certificate, keys.privateKey);
}

/** Whether a serving certificate is still good: with its key, signed by this authority, for all hosts, with a third of its life left. */
export function isServingGood(
  serving: KeyPair,
  authority: string,
  hosts: readonly string[],
  nowSeconds: number,
): boolean {
  try {
    const certificate = new X509Certificate(serving.certificate);
    const issuer = new X509Certificate(authority);
    const [from, until] = lifeOf(certificate);
    return (
      isPair(serving) &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey) &&
      hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined) &&
      from <= nowSeconds &&
      until - nowSeconds > (until - from) / 3
    );
  } catch {
    return false;
  }
}

/** Whether a private key is the one of its certificate; false too when either cannot be read. */
export function isPair({ certificate, privateKey }: KeyPair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

/** Why an authority cannot sign, undefined when it can. */
export function checkAuthority(authority: KeyPair, nowSeconds: number): string | undefined {
  try {
    readAuthority(authority);
    if (!isPair(authority)) return 'the key is not that of the certificate';
    const [from, until] = lifeOf(new X509Certificate(authority.certificate));
    if (nowSeconds >= from && nowSeconds < until) return undefined;
    return `the authority is valid from ${dateText(from)} until ${dateText(until)}`;
  } catch {
    return 'expected an RSA certificate authority in PEM';
  }
}

/** From when until when, unix seconds. */
function lifeOf({ validFromDate, validToDate }: X509Certificate): [number, number] {
  return [validFromDate.getTime() / 1000, validToDate.getTime() / 1000];
}

function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function readAuthority(authority: KeyPair): {
  certificate: forge.pki.Certificate;
  privateKey: forge.pki.rsa.PrivateKey;
} {
  try {
    return {
      certificate: forge.pki.certificateFromPem(authority.certificate),
      privateKey: forge.pki.privateKeyFromPem(authority.privateKey),
    };
  } catch (cause) {
    throw new BarographError('CERTIFICATE_INVALID', 'expected an RSA certificate authority in PEM', { cause });
  }
}

function generateKeys(): Promise<forge.pki.rsa.KeyPair> {
  return new Promise((resolve, reject) => {
    forge.pki.rsa.generateKeyPair({ bits: keyBits }, (error, keys) => (error ? reject(error) : resolve(keys)));
  });
}

function blank(publicKey: forge.pki.rsa.PublicKey, nowSeconds: number, validSeconds: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = serialNumber(forge.util.bytesToHex(forge.random.getBytesSync(16)));
  certificate.validity.notBefore = new Date((nowSeconds - startEarlierSeconds) * 1000);
  certificate.validity.notAfter = new Date((nowSeconds + validSeconds) * 1000);
  return certificate;
}

/**
 * 16 random bytes (hexadecimal) as a serial number in DER's shortest form: positive (the first bit is 0) and without a leading zero byte, which
 * OpenSSL refuses as illegal padding.
 */
export function serialNumber(random: string): string {
  return `4${random.slice(1)}`;
}

function toPem(certificate: forge.pki.Certificate, privateKey: forge.pki.rsa.PrivateKey): KeyPair {
  return {
    certificate: forge.pki.certificateToPem(certificate),
    privateKey: forge.pki.privateKeyToPem(privateKey),
  };
}
