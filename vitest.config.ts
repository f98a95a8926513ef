import { defineConfig } from 'vitest/config';

// Tests that start servers, real clocks and whole clusters: one file at a time, after the others.
const serverTests = ['test/ceph/**/*.test.ts', 'test/cluster/**/*.test.ts', 'test/journey/**/*.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    projects: [
      {
        extends: true,
        test: { name: 'code', include: ['test/**/*.test.ts'], exclude: serverTests, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'servers', include: serverTests, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
