// npm run bench: prepares like any start, then measures. Benchmarks never decide whether a test run is good.
import { spawnSync } from 'node:child_process';
import { prepare, root } from '../server/cli/prepare.mjs';

await prepare();
spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'test'], { cwd: root, stdio: 'inherit' });
const { bench } = await import('../dist/test/bench/main.js');
await bench(process.argv.slice(2));
