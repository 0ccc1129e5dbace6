import { defineConfig } from 'vitest/config';

/** Apart from `make test`, as it builds an image for about a minute: `vitest run --config=test/image/vitest.config.ts`. */
export default defineConfig({
  test: {
    name: 'image',
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['containers.setup.ts', '../integration/control-plane.setup.ts'],
    // One of them measures how long a container takes to start.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
});
