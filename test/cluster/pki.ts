import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn } from '../../certs/folder.ts';

/** What proves who is who in one cluster: made once per run folder, in its `pki`. */
export interface Credentials {
  /** The certificate authority, PEM. */
  readonly authority: string;
  /** Of a user in system:masters. */
  readonly token: string;
}

export async function credentialsIn(run: string): Promise<Credentials> {
  const folder = join(run, 'pki');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { authority } = await certificatesIn(folder, ['127.0.0.1', 'localhost'], Date.now() / 1000);
  writeServiceAccountKey(join(folder, 'sa.key'));
  return { authority, token: tokenIn(join(folder, 'tokens.csv')) };
}

function writeServiceAccountKey(path: string): void {
  if (existsSync(path)) return;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

function tokenIn(path: string): string {
  if (!existsSync(path)) {
    writeFileSync(path, `${randomBytes(24).toString('hex')},admin,admin,system:masters\n`, { mode: 0o600 });
  }
  return readFileSync(path, 'utf8').split(',')[0] ?? '';
}
