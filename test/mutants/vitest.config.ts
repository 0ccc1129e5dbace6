import { defineConfig } from 'vitest/config';

/**
 * The tests that catch mutants. Unlike in `make test`, those that need no control plane have none: each mutant is a run
 * of its own. A mutant that makes a test hang is caught by the limits, which are short for that.
 */
export default defineConfig({
  // The default is in node_modules, which is the developer's own.
  cacheDir: 'dist/vitest-cache',
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/{connections,qlik}/**/*.test.ts'],
          testTimeout: 10_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/integration/{server,kubernetes,crd}/**/*.test.ts'],
          globalSetup: ['test/integration/control-plane.setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
