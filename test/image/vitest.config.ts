import { defineConfig } from 'vitest/config';

/** Apart from `make test`, as it builds an image for about a minute: `vitest run --config=test/image/vitest.config.ts`. */
export default defineConfig({
  test: {
    name: 'image',
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['../integration/control-plane.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
});
