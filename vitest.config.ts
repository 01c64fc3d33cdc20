import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need more than Node: each is a suite of its own.
    exclude: ['test/clients/**', 'test/radosgw/**', 'test/infra/**', 'test/engine/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
