import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BarographError } from '../src/core/errors.ts';
import { isPair, type KeyPair } from './authority.ts';

/** The names that a Kubernetes TLS Secret has, as cert-manager fills it, and the authority's key beside them. */
export const files = {
  authority: 'ca.crt',
  authorityKey: 'ca.key',
  serving: 'tls.crt',
  servingKey: 'tls.key',
} as const;

/** What is in a folder, undefined where a file is not there. Nothing of it is checked, but that the serving pair was read as one. */
export interface Contents {
  readonly authority: string | undefined;
  readonly authorityKey: string | undefined;
  readonly serving: string | undefined;
  readonly servingKey: string | undefined;
}

// A pair is two files: between the reads (or, in a mounted Secret, within the swap of its link) both may be replaced.
const readAttempts = 5;
const readPauseMilliseconds = 30;

/** Reads a folder. A certificate and a key that do not belong together are read again for a moment, as somebody may be replacing them. */
export async function readContents(folder: string): Promise<Contents> {
  for (let attempt = 1; ; attempt += 1) {
    const contents = readOnce(folder);
    if (attempt === readAttempts || servingOf(contents) === undefined || isSettled(contents)) return contents;
    await new Promise((resolve) => setTimeout(resolve, readPauseMilliseconds));
  }
}

/** As it is at this moment. */
export function readOnce(folder: string): Contents {
  return {
    authority: read(join(folder, files.authority)),
    authorityKey: read(join(folder, files.authorityKey)),
    serving: read(join(folder, files.serving)),
    servingKey: read(join(folder, files.servingKey)),
  };
}

/** The serving certificate with its key, undefined when either is not there. */
export function servingOf({ serving, servingKey }: Contents): KeyPair | undefined {
  if (serving === undefined || servingKey === undefined) return undefined;
  return { certificate: serving, privateKey: servingKey };
}

export function writeServing(folder: string, pair: KeyPair): void {
  write(join(folder, files.servingKey), pair.privateKey, 0o600);
  write(join(folder, files.serving), pair.certificate, 0o644);
}

/** The key first: a folder is one with an authority when it has `ca.crt`. */
export function writeAuthority(folder: string, pair: KeyPair): void {
  write(join(folder, files.authorityKey), pair.privateKey, 0o600);
  write(join(folder, files.authority), pair.certificate, 0o644);
}

export function makeFolder(folder: string): void {
  tried(`cannot make the folder ${folder}`, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
}

/** Written beside and renamed, so that a reader never sees half a file. */
function write(path: string, text: string, mode: number): void {
  const beside = `${path}.new`;
  tried(`cannot write ${path}`, () => {
    writeFileSync(beside, text, { mode });
    // The mode above is for new files only, and less what the process masks out.
    chmodSync(beside, mode);
    renameSync(beside, path);
  });
}

function read(path: string): string | undefined {
  return tried(`cannot read ${path}`, () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

function isSettled(contents: Contents): boolean {
  const pair = servingOf(contents);
  return pair !== undefined && isPair(pair);
}

function tried<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new BarographError('CERTIFICATE_INVALID', what, { cause });
  }
}
