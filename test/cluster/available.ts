import { binariesCurrent, goInstalled } from './binaries.ts';

/** Why tests that need a control plane must be skipped here; undefined when they can run. */
export function clusterAvailable(): string | undefined {
  if (process.platform !== 'linux') return `the test cluster runs on Linux only, this is ${process.platform}`;
  if (binariesCurrent() || goInstalled()) return undefined;
  return 'the control plane is not built and `go` is not installed';
}
