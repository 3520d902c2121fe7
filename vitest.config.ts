import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { PATIENCE } from './test/support/patience.ts';

/** What tests only arithmetic and words: modules are loaded once per worker, not once per file. */
const PURE = ['test/{rules,promql,web}/**/*.test.{ts,tsx}'];

export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: PATIENCE },
    pool: 'forks',
    // Twice the cores of the smallest machine: suites that start programs wait more than they work.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'real', include: ['test/**/*.test.{ts,tsx}'], exclude: PURE } },
    ],
  },
});
