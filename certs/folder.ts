import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BarographError } from '../src/core/errors.ts';
import { createAuthority, createServing, isServingGood, type KeyPair } from './authority.ts';

export interface Certificates {
  /** What clients trust, PEM. */
  readonly authority: string;
  readonly serving: KeyPair;
}

const files = { authority: 'ca.crt', authorityKey: 'ca.key', serving: 'tls.crt', servingKey: 'tls.key' } as const;

/**
 * The certificates in a folder (`ca.crt`, `ca.key`, `tls.crt`, `tls.key`: the names of a Kubernetes TLS Secret), made where they are missing and renewed
 * where they no longer fit. A folder without `ca.key` belongs to somebody else (cert-manager, a mounted Secret) and is only read.
 */
export async function certificatesIn(
  folder: string,
  hosts: readonly string[],
  nowSeconds: number,
): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = await authorityIn(folder, nowSeconds);
  const held = readPair(folder, files.serving, files.servingKey);
  if (authority.privateKey === undefined) {
    if (held === undefined) throw missing(folder, `${files.serving} and ${files.servingKey}`);
    return { authority: authority.certificate, serving: held };
  }
  if (held !== undefined && isServingGood(held, authority.certificate, hosts, nowSeconds)) {
    return { authority: authority.certificate, serving: held };
  }
  const owner = { certificate: authority.certificate, privateKey: authority.privateKey };
  const serving = await createServing(owner, hosts, nowSeconds);
  writePair(folder, files.serving, files.servingKey, serving);
  return { authority: authority.certificate, serving };
}

async function authorityIn(folder: string, nowSeconds: number): Promise<{ certificate: string; privateKey?: string }> {
  const path = join(folder, files.authority);
  const keyPath = join(folder, files.authorityKey);
  if (existsSync(path)) {
    const certificate = read(path);
    return existsSync(keyPath) ? { certificate, privateKey: read(keyPath) } : { certificate };
  }
  if (existsSync(join(folder, files.serving))) throw missing(folder, files.authority);
  const made = await createAuthority(nowSeconds);
  writePair(folder, files.authority, files.authorityKey, made);
  return made;
}

function readPair(folder: string, certificate: string, key: string): KeyPair | undefined {
  const [certificatePath, keyPath] = [join(folder, certificate), join(folder, key)];
  if (!existsSync(certificatePath) || !existsSync(keyPath)) return undefined;
  return { certificate: read(certificatePath), privateKey: read(keyPath) };
}

function writePair(folder: string, certificate: string, key: string, pair: KeyPair): void {
  write(join(folder, key), pair.privateKey, 0o600);
  write(join(folder, certificate), pair.certificate, 0o644);
}

/** Written beside and renamed, so that a reader never sees half a file. */
function write(path: string, text: string, mode: number): void {
  const beside = `${path}.new`;
  writeFileSync(beside, text, { mode });
  chmodSync(beside, mode);
  renameSync(beside, path);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BarographError('CERTIFICATE_INVALID', `cannot read ${path}`, { cause });
  }
}

function missing(folder: string, what: string): BarographError {
  return new BarographError(
    'CERTIFICATE_INVALID',
    `expected ${what} in ${folder}; remove the folder's other certificates to have new ones made`,
  );
}
