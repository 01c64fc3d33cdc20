import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest takes its configuration from the default export.
export default defineConfig({
  test: {
    include: ['test/engine/**/*.test.ts'],
    globalSetup: 'test/engine/global-setup.ts',
    // Each file has a host, a worker and an Azurite of its own.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
