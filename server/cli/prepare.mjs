// What must be true before any of our own compiled code can run: a Node that can run it, the packages, the build.
// Plain JavaScript without packages, because it runs on a fresh clone. Each step is skipped when nothing it reads has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const MIN_NODE = [20, 19];
const PACKAGES = join(root, 'node_modules');
const INSTALLED = join(PACKAGES, '.vigie-installed');
/** There while packages are installed, and after an installation that was interrupted. */
const INSTALLING = join(PACKAGES, '.vigie-installing');
const DATABASE = 'better-sqlite3';
const TOOLS = `Where no prebuilt ${DATABASE} can be had, python3, make and g++ are needed.`;
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
  if (existsSync(INSTALLING)) {
    // npm takes a package that is half there, or whose module was never compiled, for installed.
    say('the last installation did not finish: starting it over');
    rmSync(PACKAGES, { recursive: true, force: true });
  }
  say('installing packages (the database module compiles where no prebuilt one fits: about two minutes)');
  mkdirSync(PACKAGES, { recursive: true });
  writeFileSync(INSTALLING, '');
  // Not `npm ci`: it refuses a lock file that lacks a package of another platform, which a registry may not carry.
  npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!databaseOpens()) {
    say('compiling the database module for this Node (about two minutes)');
    npm(['rebuild', DATABASE, '--loglevel=error']);
    if (!databaseOpens()) fail(`cannot use ${DATABASE}: it was compiled and still does not load. ${TOOLS}`);
  }
  writeFileSync(INSTALLED, wanted);
  rmSync(INSTALLING);
}

function npm(args) {
  const { status, error } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`cannot install packages: cannot run npm: ${error.message}`);
  if (status !== 0) fail(`cannot install packages: npm ${args[0]} failed, see above. ${TOOLS}`);
}

/** npm installs over a module of another Node version without compiling it anew. */
function databaseOpens() {
  const open = `new (require('${DATABASE}'))(':memory:')`;
  return spawnSync(process.execPath, ['-e', open], { cwd: root, stdio: 'ignore' }).status === 0;
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
