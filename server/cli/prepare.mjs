// What must be true before any of our own compiled code can run: a Node that can run it, the packages, the build.
// Plain JavaScript without packages, because it runs on a fresh clone. Each step is skipped when nothing it reads has changed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const MIN_NODE = [20, 19];
const PACKAGES = join(root, 'node_modules');
const INSTALLED = join(PACKAGES, '.vigie-installed');
/** There while packages are installed, and after an installation that was interrupted; holds the process id of npm. */
const INSTALLING = join(PACKAGES, '.vigie-installing');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** npm may take minutes to heed a signal. The next start begins anew whatever it leaves. */
const STOP_GRACE_MS = 3000;
const DATABASE = 'better-sqlite3';
const TOOLS = `Where no prebuilt ${DATABASE} can be had, python3, make, g++ and Node's headers are needed (from nodejs.org, or beside Node).`;
const BUILT = join(root, 'dist', '.built');
const PROGRAM = ['server', 'collector', 'rules', 'tsconfig.base.json', 'package-lock.json'];
/** The pages for browsers, and what draws and renders the same pages without one. */
const BUNDLES = [
  ['building the pages', 'web/vite.config.ts', join(root, 'dist', '.site-built')],
  ['building what draws pictures', 'web/prerender.vite.config.ts', join(root, 'dist', '.prerender-built')],
];
const SITE = ['web', 'server/model', 'package-lock.json'];

/** Installs and builds what is missing or older than its sources. A package without sources beside it is taken as it is. */
export async function prepare() {
  checkNode();
  if (!existsSync(join(root, 'tsconfig.json'))) return;
  await installPackages();
  if (newest(PROGRAM) > stamped(BUILT)) {
    step('compiling', 'node_modules/typescript/bin/tsc', ['-b', 'server/cli'], BUILT);
  }
  const newestOfSite = newest(SITE);
  for (const [what, config, stamp] of BUNDLES) {
    if (newestOfSite <= stamped(stamp)) continue;
    step(what, 'node_modules/vite/bin/vite.js', ['build', '--config', config, '--logLevel', 'warn'], stamp);
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  fail(`cannot run on Node ${process.versions.node}: want at least ${MIN_NODE.join('.')}`);
}

/** The native database module belongs to one Node version, so that is part of what was installed. */
async function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lock} ${process.versions.modules}`;
  const installed = () => existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted;
  if (installed()) return;
  await otherInstallation();
  if (installed()) return;
  if (existsSync(INSTALLING)) {
    // npm takes a package that is half there, or whose module was never compiled, for installed.
    say('the last installation did not finish: starting it over');
    rmSync(PACKAGES, { recursive: true, force: true, maxRetries: 5 });
  }
  say('installing packages (the database module compiles where no prebuilt one fits: about two minutes)');
  // Not `npm ci`: it refuses a lock file that lacks a package of another platform, which a registry may not carry.
  await npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!databaseOpens()) {
    say('compiling the database module for this Node (about two minutes)');
    await npm(['rebuild', DATABASE, '--loglevel=error']);
    if (!databaseOpens()) fail(`cannot use ${DATABASE}: it was compiled and still does not load. ${TOOLS}`);
  }
  writeFileSync(INSTALLED, wanted);
  rmSync(INSTALLING);
}

/** Waits for an npm that was started here and still runs: of another start, or of one that was killed and left it behind. */
async function otherInstallation() {
  for (let told = false; npmRuns(); told = true) {
    if (!told) say('another installation is running here: waiting for it');
    await sleep(500);
  }
}

/** A process id may be somebody else's by now; without /proc nobody knows, and the start goes on. */
function npmRuns() {
  try {
    return readFileSync(`/proc/${readFileSync(INSTALLING, 'utf8')}/cmdline`, 'utf8').includes('npm');
  } catch {
    return false;
  }
}

/** Where the headers of this very Node lie, when they came with it: nothing must be downloaded to compile then. */
function ownHeaders() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  try {
    const version = readFileSync(join(prefix, 'include', 'node', 'node_version.h'), 'utf8');
    const number = (part) => new RegExp(`^#define NODE_${part}_VERSION (\\d+)$`, 'm').exec(version)?.[1];
    return ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.') === process.versions.node ? prefix : undefined;
  } catch {
    return undefined;
  }
}

/** Ctrl-C reaches npm too, which needs a moment to end: leaving before it does would let it write into the next start. */
async function npm(args) {
  mkdirSync(PACKAGES, { recursive: true });
  const headers = ownHeaders();
  const env = headers === undefined ? process.env : { npm_config_nodedir: headers, ...process.env };
  const child = spawn('npm', args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  writeFileSync(INSTALLING, String(child.pid ?? ''));
  let stopped = false;
  const stop = (signal) => {
    if (stopped) return;
    stopped = true;
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const status = await new Promise((resolve) => {
    child.once('error', (error) => fail(`cannot install packages: cannot run npm: ${error.message}`));
    child.once('exit', resolve);
  });
  for (const signal of SIGNALS) process.off(signal, stop);
  if (stopped) fail('stopped while installing; the next start begins it anew');
  if (status !== 0) fail(`cannot install packages: npm ${args[0]} failed, see above. ${TOOLS}`);
}

/** npm installs over a module of another Node version without compiling it anew. */
function databaseOpens() {
  const open = `new (require('${DATABASE}'))(':memory:')`;
  return spawnSync(process.execPath, ['-e', open], { cwd: root, stdio: 'ignore' }).status === 0;
}

function step(what, script, args, stamp) {
  say(what);
  // Whoever asks, a test runner too, gets the pages that are shipped.
  const env = { ...process.env, NODE_ENV: 'production' };
  const run = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, env, stdio: ['ignore', 2, 2] });
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
