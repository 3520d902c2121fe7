import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';

const APACHE = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/** Debian's Apache, on a port of its own, in the foreground. `/fail` answers 500. */
export interface Apache {
  readonly url: string;
  readonly accessLog: string;
  /** Runs Apache's own load generator against a path, to its end. */
  ab(path: string, requests: number): Promise<void>;
  stop(): Promise<void>;
}

export const hasApache = existsSync(APACHE) && existsSync('/usr/bin/ab');

/** `format` is a LogFormat; the default is combined with the duration in microseconds behind it. */
export async function startApache(
  folder: string,
  format = '%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-agent}i\\" %D',
): Promise<Apache> {
  const port = await freePort();
  const site = join(folder, 'site');
  mkdirSync(site, { recursive: true });
  // Apache's workers are another user.
  chmodSync(folder, 0o755);
  writeFileSync(join(site, 'index.html'), '<!doctype html><title>Shop</title>\n');
  const accessLog = join(folder, 'shop-access.log');
  writeFileSync(join(folder, 'apache.conf'), configOf(folder, site, port, accessLog, format));
  const child = spawn(APACHE, ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child);
  return {
    url,
    accessLog,
    ab: async (path, requests) => {
      await promisify(execFile)('ab', ['-q', '-n', String(requests), '-c', '4', url + path]);
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`apache2 ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('apache2 does not answer');
}

function configOf(folder: string, site: string, port: number, accessLog: string, format: string): string {
  const modules = ['mpm_event', 'authz_core', 'dir', 'alias'];
  const user = process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : '';
  return `
ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Mutex file:${folder}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${user}
DocumentRoot ${site}
<Directory ${site}>
  Require all granted
</Directory>
Redirect 500 /fail
LogFormat "${format}" shop
CustomLog ${accessLog} shop
`;
}
