import { BarographError } from '../src/core/errors.ts';
import { checkAuthority, createAuthority, createServing, isServingGood, type KeyPair } from './authority.ts';
import {
  type Contents,
  files,
  makeFolder,
  readContents,
  readOnce,
  servingOf,
  writeAuthority,
  writeServing,
} from './folder-files.ts';
import { whileLocked } from './folder-lock.ts';

export interface Certificates {
  /** What clients trust, PEM. */
  readonly authority: string;
  readonly serving: KeyPair;
}

/**
 * The certificates in a folder (`ca.crt`, `ca.key`, `tls.crt`, `tls.key`: the names of a Kubernetes TLS Secret), made where they are missing and renewed
 * where they no longer fit. A folder without `ca.key` belongs to somebody else (cert-manager, a mounted Secret) and is only read. Several processes may
 * share a folder: all get the same authority. Throws CERTIFICATE_INVALID.
 */
export async function certificatesIn(
  folder: string,
  hosts: readonly string[],
  nowSeconds: number,
): Promise<Certificates> {
  makeFolder(folder);
  const found = goodIn(folder, await readContents(folder), hosts, nowSeconds);
  return found ?? made(folder, nowSeconds, hosts, (contents) => goodIn(folder, contents, hosts, nowSeconds));
}

/** A new serving certificate, whatever is left of the old one's life. Throws CERTIFICATE_INVALID, as where there is no `ca.key` to sign it with. */
export async function renewServing(
  folder: string,
  hosts: readonly string[],
  nowSeconds: number,
): Promise<Certificates> {
  const { authority, authorityKey, serving } = await readContents(folder);
  if (authority === undefined || authorityKey === undefined) {
    const why = `renewing needs ${files.authority} and ${files.authorityKey} in ${folder}`;
    const then = 'a certificate that was made elsewhere is renewed there';
    throw new BarographError('CERTIFICATE_INVALID', `${why}; ${then}`);
  }
  // Whoever replaced it meanwhile renewed it.
  return made(folder, nowSeconds, hosts, (contents) =>
    contents.serving === serving ? undefined : goodIn(folder, contents, hosts, nowSeconds),
  );
}

/**
 * Makes what is missing and writes it, unless another process was faster. Keys are made before the lock is taken, as that takes long; another authority
 * that was written meanwhile means to begin anew.
 */
async function made(
  folder: string,
  nowSeconds: number,
  hosts: readonly string[],
  othersIn: (contents: Contents) => Certificates | undefined,
): Promise<Certificates> {
  for (;;) {
    const before = readOnce(folder);
    const owner = authorityOf(folder, before, nowSeconds) ?? (await createAuthority(nowSeconds));
    const serving = await createServing(owner, hosts, nowSeconds);
    const result = await whileLocked(folder, () => {
      const now = readOnce(folder);
      const others = othersIn(now);
      if (others !== undefined) return others;
      if (now.authority !== before.authority || now.authorityKey !== before.authorityKey) return undefined;
      if (now.authority === undefined) writeAuthority(folder, owner);
      writeServing(folder, serving);
      return { authority: owner.certificate, serving };
    });
    if (result !== undefined) return result;
  }
}

/** What a folder holds, undefined when some of it is to be made here. Throws when it is to be made by somebody else. */
function goodIn(
  folder: string,
  contents: Contents,
  hosts: readonly string[],
  nowSeconds: number,
): Certificates | undefined {
  const { authority, authorityKey } = contents;
  const serving = servingOf(contents);
  if (authority === undefined) {
    if (contents.serving !== undefined) throw missing(folder, files.authority);
    return undefined;
  }
  if (authorityKey !== undefined) {
    const isGood = serving !== undefined && isServingGood(serving, authority, hosts, nowSeconds);
    return isGood ? { authority, serving } : undefined;
  }
  if (serving === undefined) throw missing(folder, `${files.serving} and ${files.servingKey}`);
  return { authority, serving };
}

/** The authority of a folder with its key; undefined when it has none yet. */
function authorityOf(folder: string, { authority, authorityKey }: Contents, nowSeconds: number): KeyPair | undefined {
  // A key alone is what a first start leaves that was killed between the two files.
  if (authority === undefined) return undefined;
  if (authorityKey === undefined) throw missing(folder, files.authorityKey);
  const pair = { certificate: authority, privateKey: authorityKey };
  const problem = checkAuthority(pair, nowSeconds);
  if (problem === undefined) return pair;
  const where = `${files.authority} and ${files.authorityKey} in ${folder}`;
  // It is never replaced here: kube-scheduler and the webhook configurations trust it.
  throw new BarographError('CERTIFICATE_INVALID', `${where}: ${problem}; restore them, or remove all to begin anew`);
}

function missing(folder: string, what: string): BarographError {
  return new BarographError(
    'CERTIFICATE_INVALID',
    `expected ${what} in ${folder}; remove the folder's other certificates to have new ones made`,
  );
}
