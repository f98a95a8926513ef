import type { Reporter, TestModule } from 'vitest/node';

interface Tally {
  passed: number;
  failed: number;
  readonly skipped: string[];
}

// The last line of a run, in a form that any machine can read. With CI=true a skipped test is a failure: on a machine
// that is meant to have everything, a skip hides a missing part.
class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) count(module, tally);
    const refuseSkips = process.env.CI === 'true';
    for (const name of tally.skipped) process.stdout.write(`skipped: ${name}\n`);
    if (refuseSkips && tally.skipped.length > 0) {
      process.stdout.write(`${tally.skipped.length} skipped tests count as failures because CI=true\n`);
      tally.failed += tally.skipped.length;
      process.exitCode = 1;
    }
    const tail = refuseSkips || tally.skipped.length === 0 ? '' : `, ${tally.skipped.length} skipped`;
    process.on('exit', () => process.stdout.write(`${tally.passed} passed, ${tally.failed} failed${tail}\n`));
  }
}

function count(module: TestModule, tally: Tally): void {
  const tests = [...module.children.allTests()];
  // A file that cannot be loaded, or a hook that failed: no test of it failed by itself.
  if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) tally.failed += 1;
  for (const test of tests) {
    const state = test.result().state;
    if (state === 'passed') tally.passed += 1;
    else if (state === 'failed') tally.failed += 1;
    else tally.skipped.push(test.fullName);
  }
}

// vitest loads a reporter by its default export.
export default ClosingLine;
