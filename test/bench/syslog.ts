import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.ts';
import { projectRoot } from '../support/project.ts';
import { startVigie } from '../support/vigie-process.ts';
import { cpuSecsOf } from './process-time.ts';

const SENDER = join(projectRoot, 'test', 'bench', 'syslog-sender.mjs');
const RSYSLOGD = '/usr/sbin/rsyslogd';
const UDP_SECS = 5;

/** What one receiver did with the same messages. */
export interface SyslogTiming {
  readonly name: string;
  readonly sent: number;
  readonly received: number;
  /** From the first message sent to the last one kept. */
  readonly wall_secs: number;
  readonly cpu_secs: number;
}

interface Receiver {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Messages kept so far. */
  received(): Promise<number>;
  stop(): Promise<void>;
}

/** One connection of TCP as fast as it goes, and datagrams at a rate, into Vigie (counted; counted and stored) and rsyslogd. */
export async function benchSyslog(messages: number, udpPerSec: number): Promise<SyslogTiming[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-syslog-'));
  const timings: SyslogTiming[] = [];
  const receivers = [
    () => startOurs(folder, 'vigie: counted', ['messages']),
    () => startOurs(folder, 'vigie: counted and stored', ['messages', 'syslog']),
    ...(existsSync(RSYSLOGD) ? [() => startRsyslogd(folder)] : []),
  ];
  try {
    for (const start of receivers) {
      timings.push(await time(await start(), 'tcp', messages));
      timings.push(await time(await start(), 'udp', udpPerSec * UDP_SECS, udpPerSec));
    }
    return timings;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function time(receiver: Receiver, mode: 'tcp' | 'udp', messages: number, rate = 0): Promise<SyslogTiming> {
  try {
    const cpuBefore = cpuSecsOf(receiver.pid);
    const args = [SENDER, mode, String(receiver.port), String(messages), String(rate)];
    const sending = promisify(execFile)(process.execPath, args);
    const { received, lastAt } = await settled(receiver, sending, messages);
    const [began = 0] = (await sending).stdout.split(' ').map(Number);
    return {
      name: `${receiver.name}, ${mode}`,
      sent: messages,
      received,
      wall_secs: (lastAt - began) / 1000,
      cpu_secs: cpuSecsOf(receiver.pid) - cpuBefore,
    };
  } finally {
    await receiver.stop();
  }
}

const QUIET_MS = 3000;

/** Waits until everything was kept, or nothing more came for a while after the sending. */
async function settled(receiver: Receiver, sending: Promise<unknown>, wanted: number) {
  let isSent = false;
  void sending.then(() => {
    isSent = true;
  });
  const moment = (): number => performance.timeOrigin + performance.now();
  let last = { received: await receiver.received(), lastAt: moment() };
  while (last.received < wanted && !(isSent && moment() - last.lastAt > QUIET_MS)) {
    await sleep(50);
    const received = await receiver.received();
    if (received > last.received) last = { received, lastAt: moment() };
  }
  await sending;
  return last;
}

async function startOurs(folder: string, name: string, inputs: readonly string[]): Promise<Receiver> {
  const place = mkdtempSync(join(folder, 'vigie-'));
  const port = await freePort();
  const metric = {
    type: 'counter',
    name: 'syslog_messages_total',
    tags: { host: '{{host}}', app: '{{app}}', facility: '{{facility}}', severity: '{{severity}}' },
  };
  const config = {
    sources: { syslog: { type: 'syslog', address: `127.0.0.1:${port}` } },
    transforms: { messages: { type: 'log_to_metric', inputs: ['syslog'], metrics: [metric] } },
    sinks: { vigie: { type: 'vigie', inputs } },
  };
  writeFileSync(join(place, 'vigie.yaml'), JSON.stringify(config));
  const vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], place);
  return {
    name,
    port,
    pid: vigie.child.pid ?? 0,
    received: () => committedMessages(vigie.url),
    stop: async () => {
      await vigie.stop();
    },
  };
}

/** Messages whose batch is in the queue on disk. */
async function committedMessages(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/api/vigie/status`)).json()) as {
    components: { id: string; sent_events: number }[];
  };
  return status.components.find(({ id }) => id === 'syslog')?.sent_events ?? 0;
}

async function startRsyslogd(folder: string): Promise<Receiver> {
  const place = mkdtempSync(join(folder, 'rsyslog-'));
  const port = await freePort();
  const out = join(place, 'out.log');
  writeFileSync(
    join(place, 'rsyslogd.conf'),
    `global(workDirectory="${place}")
module(load="imudp")
module(load="imtcp" maxSessions="16")
template(name="line" type="string" string="%timegenerated:::date-rfc3339% %hostname% %syslogtag%%msg%\n")
ruleset(name="on") { action(type="omfile" file="${out}" template="line" asyncWriting="off") }
input(type="imudp" address="127.0.0.1" port="${port}" ruleset="on" rcvbufSize="4m")
input(type="imtcp" address="127.0.0.1" port="${port}" ruleset="on")
`,
  );
  const child = spawn(RSYSLOGD, ['-n', '-f', join(place, 'rsyslogd.conf'), '-i', join(place, 'pid')], {
    stdio: 'ignore',
  });
  await sleep(1000);
  return {
    name: 'rsyslogd, one file',
    port,
    pid: child.pid ?? 0,
    received: async () => linesOf(out),
    stop: async () => {
      child.kill('SIGKILL');
    },
  };
}

const LF = 10;

function linesOf(file: string): number {
  if (!existsSync(file)) return 0;
  const bytes = readFileSync(file);
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}
