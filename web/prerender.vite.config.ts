import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The pages' drawing and rendering code for Node, with everything it needs in one file. */
export default defineConfig({
  root: import.meta.dirname,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: join(import.meta.dirname, 'prerender.ts'),
    outDir: '../dist/prerender',
    emptyOutDir: true,
    copyPublicDir: false,
    target: 'node20',
    rolldownOptions: { output: { codeSplitting: false }, checks: { bundlerTimings: false } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
