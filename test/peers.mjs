// The real programs that tests and benchmarks run against, each from its Debian package.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Package -> a program of it that must be found, or a file. */
const PEERS = {
  chromium: 'chromium',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  apache2: 'apache2',
  'apache2-utils': 'ab',
  rsyslog: 'rsyslogd',
  analog: 'analog',
  prometheus: 'prometheus',
};

const POLICY = '/usr/sbin/policy-rc.d';
const PATHS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** Whether a program of that name is on the path, or a file of that path there. */
export function hasProgram(name) {
  if (name.startsWith('/')) return existsSync(name);
  return PATHS.some((folder) => existsSync(join(folder, name)));
}

/** The packages still missing, after installing them when asked. */
export function findPeers({ install }) {
  const missing = () => Object.keys(PEERS).filter((name) => !hasProgram(PEERS[name]));
  if (install && missing().length > 0) installPackages(missing());
  return missing();
}

/** Debian starts a daemon when it is installed, unless policy-rc.d forbids it (exit 101, policy-rc.d(8)). */
function installPackages(names) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    apt(['update']);
    apt(['install', '-y', '--no-install-recommends', ...names]);
  } finally {
    if (ours) rmSync(POLICY);
  }
}

function apt(args) {
  spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
