// What must be true before any of our own compiled code can run: a Node that can run it, the packages, the build.
// Plain JavaScript without packages, because it runs on a fresh clone. Each step is skipped when nothing it reads has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const MIN_NODE = [20, 19];
const INSTALLED = join(root, 'node_modules', '.vigie-installed');
const BUILT = join(root, 'dist', '.built');
const SITE_BUILT = join(root, 'dist', '.site-built');
const PROGRAM = ['server', 'collector', 'rules', 'tsconfig.base.json', 'package-lock.json'];
const SITE = ['web', 'server/model', 'package-lock.json'];

/** Installs and builds what is missing or older than its sources. A package without sources beside it is taken as it is. */
export function prepare() {
  checkNode();
  if (!existsSync(join(root, 'tsconfig.json'))) return;
  installPackages();
  if (newest(PROGRAM) > stamped(BUILT)) {
    step('compiling', 'node_modules/typescript/bin/tsc', ['-b', 'server/cli'], BUILT);
  }
  if (newest(SITE) > stamped(SITE_BUILT)) {
    step(
      'building the pages',
      'node_modules/vite/bin/vite.js',
      ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
      SITE_BUILT,
    );
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  fail(`cannot run on Node ${process.versions.node}: want at least ${MIN_NODE.join('.')}`);
}

/** The native database module belongs to one Node version, so that is part of what was installed. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lock} ${process.versions.modules}`;
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  say('installing packages (the database module compiles where no prebuilt one fits: about two minutes)');
  // Not `npm ci`: it refuses a lock file that lacks a package of another platform, which a registry may not carry.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (npm.status !== 0) {
    fail(
      'cannot install packages: npm install failed, see above. Where no prebuilt better-sqlite3 can be had, python3, make and g++ are needed.',
    );
  }
  writeFileSync(INSTALLED, wanted);
}

function step(what, script, args, stamp) {
  say(what);
  const run = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) fail(`cannot finish ${what}, see above`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    time = Math.max(time, stat.mtimeMs);
    if (stat.isDirectory())
      time = Math.max(time, newest(readdirSync(join(root, path)).map((name) => join(path, name))));
  }
  return time;
}

function stamped(stamp) {
  return statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function say(what) {
  process.stderr.write(`vigie: ${what} ...\n`);
}

function fail(message) {
  process.stderr.write(`vigie: ${message}\n`);
  process.exit(1);
}
