import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';

const RSYSLOGD = '/usr/sbin/rsyslogd';
export const hasRsyslog = existsSync(RSYSLOGD);

/** Debian's rsyslogd in the foreground: takes messages on a port of loopback and forwards all of them. */
export interface Rsyslog {
  /** Sends a message through the real logger. */
  log(priority: string, tag: string, message: string): Promise<void>;
  stop(): Promise<void>;
}

/** How it forwards: `framing` is that of TCP (RFC 6587), `template` a name of rsyslog's own. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly framing?: 'traditional' | 'octet-counted';
  readonly template: 'RSYSLOG_SyslogProtocol23Format' | 'RSYSLOG_TraditionalForwardFormat';
}

export async function startRsyslog(folder: string, forward: Forward): Promise<Rsyslog> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const { protocol, port: target, framing = 'traditional', template } = forward;
  const file = join(folder, 'rsyslogd.conf');
  writeFileSync(
    file,
    `global(workDirectory="${folder}")
module(load="imtcp")
ruleset(name="on") {
  action(type="omfwd" target="127.0.0.1" port="${target}" protocol="${protocol}"
         TCP_Framing="${framing}" template="${template}" action.resumeRetryCount="-1" action.resumeInterval="1")
}
input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="on")
`,
  );
  const child = spawn(RSYSLOGD, ['-n', '-f', file, '-i', join(folder, 'pid')], { stdio: 'ignore' });
  const log = async (priority: string, tag: string, message: string): Promise<void> => {
    const args = ['-n', '127.0.0.1', '-P', String(port), '--tcp', '--rfc5424', '-p', priority, '-t', tag, message];
    // rsyslogd needs a moment before it listens.
    for (let tries = 0; ; tries++) {
      try {
        await promisify(execFile)('logger', args);
        return;
      } catch (error) {
        if (tries === 100 || child.exitCode !== null) throw error;
        await sleep(50);
      }
    }
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    // SIGTERM makes it wait for connections that stay open.
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { log, stop };
}
