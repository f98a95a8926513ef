#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=32
import { CommanderError } from 'commander';
import { BarographError, describeError } from '../core/errors.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** 0 done, 1 failed, 2 wrong use. What commander says of wrong use it has printed itself. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`barograph: ${describeError(error)}\n`);
  return error instanceof BarographError && (error.code === 'USAGE_WRONG' || error.code === 'CONFIG_INVALID') ? 2 : 1;
}
