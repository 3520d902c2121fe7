// npm run bench: prepares like any start, then measures. Benchmarks never decide whether a test run is good.
import { prepare } from '../server/cli/prepare.mjs';

prepare();
const { bench } = await import('../dist/test/bench/main.js');
await bench(process.argv.slice(2));
