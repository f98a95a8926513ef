import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that goes with the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'barograph-certs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function readIn(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

export function writeIn(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

export function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

export const hosts = ['localhost', '127.0.0.1', '::1', 'barograph.barograph.svc'];
export const nowSeconds = 1_767_225_600;
export const daySeconds = 86_400;
