import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/{architecture,kill-points}/**/*.test.ts',
            'test/simulated-api/{api-server,cluster}.test.ts',
          ],
          // They take milliseconds; what a machine does beside them must not fail one.
          testTimeout: 30_000,
        },
      },
      {
        // Explores the gate exhaustively: two minutes of one core, so not beside tests that measure time.
        test: {
          name: 'model',
          include: ['test/model/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        // Real control planes, real TLS: slow by nature, so the limits are wide; nothing waits by sleeping.
        test: {
          name: 'integration',
          include: [
            'test/{chaos,chart,contracts,controlplane,demo,pki,simulators}/**/*.test.ts',
            'test/simulated-api/{conformance,controllers}.test.ts',
            'test/integration/**/*.test.ts',
          ],
          globalSetup: ['test/integration/control-plane.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Needs Go modules of its own, and a minute and a half to build: `make bench-peer`.
        test: {
          name: 'bench',
          include: ['test/bench/**/*.test.ts'],
          globalSetup: ['test/integration/control-plane.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
