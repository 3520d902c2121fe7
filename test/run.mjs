// README's test command: prepares like any start, looks for the real peers, then runs every suite and says how it went.
// With CI=true nothing may be skipped: peers are installed, and a skipped test is a failure.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from '../server/cli/prepare.mjs';
import { findPeers } from './peers.mjs';

const ci = process.env.CI === 'true';
await prepare();
const missing = findPeers({ install: ci || process.env.VIGIE_TEST_INSTALL === '1' });
if (ci && missing.length > 0) fail(`cannot test with CI=true: these Debian packages are missing: ${missing.join(' ')}`);

const colours = process.stdout.isTTY ? [] : ['--colors=off'];
const checks = [
  ['types', 'node_modules/typescript/bin/tsc', ['-b']],
  ['lint and format', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', ...colours]],
  ['dead code', 'node_modules/knip/bin/knip.js', ['--no-progress']],
];
let failedChecks = 0;
for (const [what, script, args] of checks) {
  const run = node(script, args);
  if (run.status === 0) console.log(`ok: ${what}`);
  else failedChecks++;
}

const folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
const report = join(folder, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const vitest = node('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...process.argv.slice(2)]);
const counts = read(report);
rmSync(folder, { recursive: true, force: true });

if (missing.length > 0) {
  console.log(`skipped, because these Debian packages are not here: ${missing.join(' ')}`);
  console.log('  npm test installs them with VIGIE_TEST_INSTALL=1 (daemons are kept from starting)');
}
const passed = counts.numPassedTests + checks.length - failedChecks;
const neverRan = counts.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = counts.numFailedTests + neverRan + failedChecks;
const skipped = counts.numPendingTests + counts.numTodoTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(vitest.status !== 0 || failed > 0 || (ci && skipped > 0) ? 1 : 0);

function node(script, args) {
  return spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(`cannot read the report of the tests: ${error.message}`);
  }
}

function fail(message) {
  console.error(message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
