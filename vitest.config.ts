import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need more than Node: each is a suite of its own.
    exclude: ['test/clients/**', 'test/radosgw/**', 'test/infra/**', 'test/engine/**'],
    // Vitest leaves one core free by default, which on two cores is half of the machine.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
