import { defineConfig } from 'vite';
import { compiledMessages } from './messages.vite.config.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [compiledMessages()],
  build: {
    outDir: '../dist/site',
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // chart.js reads tables of its own while its classes are made; without this, scales nobody uses stay in the bundle.
    rolldownOptions: { treeshake: { propertyReadSideEffects: false }, checks: { bundlerTimings: false } },
  },
  worker: { format: 'es' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
