import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest takes its configuration from the default export.
export default defineConfig({
  test: {
    include: ['test/infra/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
