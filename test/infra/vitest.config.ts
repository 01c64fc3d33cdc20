import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest takes its configuration from the default export.
export default defineConfig({
  test: {
    include: ['test/infra/**/*.test.ts'],
    // Vitest leaves one core free by default, which on two cores is half of the machine.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
