import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A file that changes its process puts it back: modules are loaded once per worker, not once per file.
    isolate: false,
    // On two cores: half of the tests wait for a real program.
    maxWorkers: 4,
  },
});
