import { BarographError } from '../src/core/errors.ts';
import { checkAuthority, createAuthority, createServing, isPair, isServingGood, type KeyPair } from './authority.ts';
import { certificatesOf, validityOf } from './pem.ts';

/** All that replicas share: the authorities with the keys to sign by, and one serving certificate. PEM. */
export interface KeptCertificates {
  /** What clients trust: the authority that signs, then others that are trusted before or after it signs. */
  readonly authority: string;
  readonly authorityKey: string;
  /** During a change of authority, until it signs: the key of the second one. */
  readonly nextKey?: string | undefined;
  readonly serving: string;
  readonly servingKey: string;
}

/** What is asked for beyond what is due: a new serving certificate, or the next step of a change of authority. */
export type Wish = 'serving' | 'authority';

export interface RotationOptions {
  readonly hosts: readonly string[];
  readonly nowSeconds: number;
  readonly wish?: Wish | undefined;
}

export interface Rotated {
  readonly kept: KeptCertificates;
  /** What was done, for the log. */
  readonly done: string;
}

const daySeconds = 86_400;
/** A new authority is trusted for so long before it signs: time to start kube-scheduler anew, which reads its authority once. */
export const overlapSeconds = 7 * daySeconds;
const changeBeforeSeconds = 365 * daySeconds;

/**
 * One step of what is due, undefined when nothing is. The authority changes in three steps: the new one is trusted beside the old; a week later it signs,
 * and the old one is still trusted; the old one goes when it has ended. Throws CERTIFICATE_INVALID where an authority is there that cannot sign.
 */
export async function rotate(found: Partial<KeptCertificates>, options: RotationOptions): Promise<Rotated | undefined> {
  const { nowSeconds, wish } = options;
  const kept = readKept(found, nowSeconds);
  if (kept === undefined) {
    const owner = await createAuthority(nowSeconds);
    return { kept: await signed(owner, [], options), done: 'made a certificate authority and a serving certificate' };
  }
  const change = wish === 'serving' ? undefined : await changeOfAuthority(kept, options);
  if (change !== undefined) return change;
  const { signer, others } = kept;
  const serving = { certificate: found.serving ?? '', privateKey: found.servingKey ?? '' };
  if (wish !== 'serving' && isServingGood(serving, signer.certificate, options.hosts, nowSeconds)) return undefined;
  return {
    kept: { ...(await signed(signer, others, options)), nextKey: found.nextKey },
    done: 'renewed the serving certificate',
  };
}

interface Kept {
  readonly signer: KeyPair;
  /** Trusted, but not signing. */
  readonly others: readonly string[];
  /** The authority that will sign. */
  readonly next: KeyPair | undefined;
  readonly serving: Pick<KeptCertificates, 'serving' | 'servingKey'>;
}

function readKept(found: Partial<KeptCertificates>, nowSeconds: number): Kept | undefined {
  const [certificate, ...others] = certificatesOf(found.authority ?? '');
  // A cluster that slept for years: nobody is served by an authority that has ended, so beginning anew breaks nothing.
  if (certificate === undefined || hasEnded(certificate, nowSeconds)) return undefined;
  const signer = { certificate, privateKey: found.authorityKey ?? '' };
  const problem = checkAuthority(signer, nowSeconds);
  if (problem !== undefined) {
    const then = 'restore ca.crt and ca.key, or remove all data of the Secret to begin anew';
    throw new BarographError('CERTIFICATE_INVALID', `the Secret's authority: ${problem}; ${then}`);
  }
  const next = others.map((other) => ({ certificate: other, privateKey: found.nextKey ?? '' })).find(isPair);
  return { signer, others, next, serving: { serving: found.serving ?? '', servingKey: found.servingKey ?? '' } };
}

async function changeOfAuthority(kept: Kept, options: RotationOptions): Promise<Rotated | undefined> {
  const { signer, others, next, serving } = kept;
  const { nowSeconds, wish } = options;
  const isAsked = wish === 'authority';
  if (next !== undefined) {
    const from = validityOf(next.certificate)?.fromSeconds ?? nowSeconds;
    if (!isAsked && nowSeconds - from < overlapSeconds) return undefined;
    const rest = [signer.certificate, ...others.filter((other) => other !== next.certificate)];
    return { kept: await signed(next, rest, options), done: 'the new authority signs; the old one is still trusted' };
  }
  const staying = isAsked ? [] : others.filter((other) => !hasEnded(other, nowSeconds));
  if (staying.length < others.length) {
    const authority = [signer.certificate, ...staying].join('');
    return {
      kept: { authority, authorityKey: signer.privateKey, ...serving },
      done: 'the old authority is not trusted any more',
    };
  }
  const until = validityOf(signer.certificate)?.untilSeconds ?? nowSeconds;
  if (!isAsked && until - nowSeconds > changeBeforeSeconds) return undefined;
  const newer = await createAuthority(nowSeconds);
  const authority = certificatesOf([signer.certificate, newer.certificate, ...others].join('\n')).join('');
  return {
    kept: { authority, authorityKey: signer.privateKey, nextKey: newer.privateKey, ...serving },
    done: 'a new authority is trusted beside the old one',
  };
}

async function signed(
  owner: KeyPair,
  others: readonly string[],
  { hosts, nowSeconds }: RotationOptions,
): Promise<KeptCertificates> {
  const serving = await createServing(owner, hosts, nowSeconds);
  return {
    authority: certificatesOf([owner.certificate, ...others].join('\n')).join(''),
    authorityKey: owner.privateKey,
    serving: serving.certificate,
    servingKey: serving.privateKey,
  };
}

function hasEnded(certificate: string, nowSeconds: number): boolean {
  return (validityOf(certificate)?.untilSeconds ?? 0) <= nowSeconds;
}
