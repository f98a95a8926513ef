import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the go.mod stands that names the versions of everything that is built. */
export const toolsFolder = fileURLToPath(new URL('./tools', import.meta.url));

/** `~/.cache/barograph-cluster`, or below $XDG_CACHE_HOME. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'barograph-cluster');
}

export function binFolder(): string {
  return join(cacheFolder(), 'bin');
}

/** Where `npm run cluster -- up` keeps its state when no other folder is named. */
export function defaultRunFolder(): string {
  return join(cacheFolder(), 'run');
}
