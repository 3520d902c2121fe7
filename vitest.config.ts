import { defineConfig } from 'vitest/config';

/** What tests only arithmetic and words: modules are loaded once per worker, not once per file. */
const PURE = ['test/{rules,promql,web}/**/*.test.{ts,tsx}'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'real', include: ['test/**/*.test.{ts,tsx}'], exclude: PURE } },
    ],
  },
});
