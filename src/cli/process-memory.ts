import { totalmem } from 'node:os';

/** What this process may take, bytes: the limit of its container, or where it has none what the machine has. */
export function processMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  // 0 where it is not known; where nothing is limited, more than there is.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
