import { defineConfig } from 'vitest/config';

/** Tests that start no server. They share their workers' modules, which saves a third of their time. */
const CORE = ['test/host-json.test.ts', 'test/{clouds,config,deployment,orchestration,sync,text,trust}/**/*.test.ts'];

/** Suites that need more than Node. Each has a configuration and a script of its own. */
const EXTENDED = ['test/{clients,radosgw,infra,engine}/**'];

export default defineConfig({
  test: {
    // Vitest leaves one core free by default, which on two cores is half of the machine.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'core', include: CORE, isolate: false } },
      { extends: true, test: { name: 'servers', include: ['test/**/*.test.ts'], exclude: [...EXTENDED, ...CORE] } },
    ],
  },
});
