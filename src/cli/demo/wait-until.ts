import { setTimeout as sleep } from 'node:timers/promises';
import { BarographError } from '../../core/errors.ts';

/** Asks ten times a second. Throws INTERNAL after `seconds` with what was waited for. */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  seconds: number,
  what: string,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new BarographError('INTERNAL', `waited ${seconds} s for ${what}`);
    meanwhile();
    await sleep(100);
  }
}
