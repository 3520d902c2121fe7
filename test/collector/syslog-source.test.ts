import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Column, LogBatch } from '../../collector/batch.ts';
import { createSyslogSource } from '../../collector/sources/syslog.ts';
import { syslogSchema } from '../../collector/sources/syslog-options.ts';
import { createLog } from '../../server/runtime/log.ts';
import { CommittedOutput, sourceContext, testSource, until } from '../conformance/source.ts';
import { freePort } from '../support/ports.ts';

const silent = createLog('syslog', { write: () => true });

async function makeSource(options: object = {}) {
  const port = await freePort();
  const context = sourceContext('syslog');
  const parsed = syslogSchema.parse({ type: 'syslog', address: `127.0.0.1:${port}`, ...options });
  return { port, context, source: createSyslogSource(parsed, context, silent) };
}

async function sendTcp(port: number, ...pieces: (string | Buffer)[]): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
    } catch {
      // The source is about to listen.
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    for (const piece of pieces) socket.write(piece);
    socket.end();
    await once(socket, 'close');
    return;
  }
}

testSource('syslog', async () => {
  const { source, port } = await makeSource();
  return {
    source,
    // The conformance suite provokes before it runs the source: a sender that waits for its server.
    provoke: () => void sendTcp(port, '<13>Nov 21 07:00:00 h app: hello\n'),
    dispose: () => {},
  };
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function startSource(options: object = {}) {
  const { source, port, context } = await makeSource(options);
  const committed = new CommittedOutput();
  const { output, kill } = committed.connect();
  const running = source.run(output);
  stops.push(async () => {
    kill();
    await running;
  });
  await until(() => committed.progress().length > 0);
  return { port, committed, snapshot: () => context.telemetry.snapshot() };
}

/** The rows of all batches as objects of their fields. */
function rowsOf(committed: CommittedOutput): Record<string, string>[] {
  return committed.batches.flatMap(({ batch }) => (batch?.kind === 'logs' ? fieldsOf(batch) : []));
}

function fieldsOf(batch: LogBatch): Record<string, string>[] {
  return [...batch.rows].map((row) => ({
    line: batch.bytes.toString('utf8', batch.start[row], batch.end[row]),
    ...Object.fromEntries([...batch.fields].map(([name, column]) => [name, textOf(batch, column, row)])),
  }));
}

function textOf({ bytes }: LogBatch, column: Column, row: number): string {
  if (column.type === 'number') return String(column.values[row]);
  if (column.type === 'word') return column.words[column.index[row]!] ?? '';
  return column.start[row]! < 0 ? '' : bytes.toString('utf8', column.start[row], column.end[row]);
}

async function sendUdp(port: number, ...datagrams: string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  socket.close();
}

describe('messages of real sockets', () => {
  test('datagrams, lines and counted frames arrive with their fields', async () => {
    const { port, committed, snapshot } = await startSource();
    await sendUdp(port, '<34>Oct 11 22:14:15 mymachine su[7]: failed', 'no priority');
    await sendTcp(port, '<13>1 - web app 8 ID - li', 'ne\n<13>Nov 20 10:11:12 app: no host\n');
    await sendTcp(port, '30 <13>1 - web app 8 ID - counted');
    await until(() => rowsOf(committed).length === 5);
    const rows = rowsOf(committed);
    const byMessage = Object.fromEntries(rows.map((row) => [row.message, row]));
    expect(byMessage.failed).toMatchObject({ host: 'mymachine', app: 'su', procid: '7', severity: 'crit' });
    expect(byMessage['no priority']).toMatchObject({
      host: '127.0.0.1',
      facility: 'user',
      severity: 'notice',
      app: '',
    });
    expect(byMessage.line).toMatchObject({ host: 'web', app: 'app', msgid: 'ID', line: '- web app 8 ID - line' });
    expect(byMessage['no host']).toMatchObject({ host: '127.0.0.1', app: 'app' });
    expect(byMessage.counted).toMatchObject({ host: 'web' });
    expect(snapshot()).toMatchObject({ received: 5, sent: 5, errors: 1, drops: {} });
  });

  test('the real logger, both formats, both transports', async () => {
    const { port, committed } = await startSource();
    const log = (...args: string[]): void => {
      execFileSync('logger', ['-n', '127.0.0.1', '-P', String(port), '-t', 'tried', '-p', 'mail.warning', ...args]);
    };
    log('--udp', '--rfc5424', 'one');
    log('--udp', '--rfc3164', 'two');
    log('--tcp', '--rfc5424', '--octet-count', 'three');
    log('--tcp', '--rfc3164', 'four');
    await until(() => rowsOf(committed).length === 4);
    for (const message of ['one', 'two', 'three', 'four']) {
      const row = rowsOf(committed).find((candidate) => candidate.message === message);
      expect(row).toMatchObject({ app: 'tried', facility: 'mail', severity: 'warning' });
      expect(Math.abs(Number(row?.time) - Date.now())).toBeLessThan(60_000);
    }
  });

  test('hostile bytes are kept, broken framing costs its connection alone', async () => {
    const { port, committed, snapshot } = await startSource({ max_message: '480B' });
    await sendTcp(port, Buffer.from([60, 49, 51, 62, 0xff, 0, 27, 10]));
    await sendTcp(port, '9 <13>a: ok');
    await sendTcp(port, '9 <13>b: ok12x');
    await sendTcp(port, `<13>c: ${'x'.repeat(10_000)}\n<13>d: ok\n`);
    await until(() => rowsOf(committed).length === 5);
    expect(
      rowsOf(committed)
        .map(({ line }) => line?.slice(0, 5))
        .sort(),
    ).toEqual(['a: ok', 'b: ok', 'c: xx', 'd: ok', '\ufffd\0\u001b'].sort());
    expect(rowsOf(committed).find(({ app }) => app === 'c')?.line?.length).toBe(480 - 4);
    expect(snapshot().errors).toBeGreaterThanOrEqual(2);
  });

  test('who is not allowed is counted and not heard', async () => {
    const { port, committed, snapshot } = await startSource({ allow: ['192.0.2.0/24'] });
    await sendUdp(port, '<13>x: no');
    await sendTcp(port, '<13>x: no\n').catch(() => {});
    await until(() => snapshot().drops.peer_not_allowed === 2);
    expect(rowsOf(committed)).toEqual([]);
  });

  test('what the kernel drops is read and told', async () => {
    const { port, committed, snapshot } = await startSource({ mode: ['udp'], receive_buffer: '4KiB' });
    const child = `const s=require('dgram').createSocket('udp4');let n=0;
      for(let i=0;i<5000;i++)s.send('<13>a: '+'x'.repeat(400),${port},'127.0.0.1',()=>{if(++n===5000)s.close()});`;
    execFileSync(process.execPath, ['-e', child]);
    const total = (): number => rowsOf(committed).length + (snapshot().drops.kernel_receive_buffer ?? 0);
    await until(() => total() === 5000, total);
    expect(snapshot().drops.kernel_receive_buffer).toBeGreaterThan(0);
  });
});

test('a port in use is told, and taken when it is free', async () => {
  const port = await freePort();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
  const { committed } = await startSource({ address: `127.0.0.1:${port}` });
  expect(committed.progress()[0]).toMatchObject({
    state: 'unreadable',
    note: expect.stringMatching(/: the port is in use; .* choose another with sources\.\w+\.address$/),
  });
  await new Promise((resolve) => holder.close(resolve));
  await until(() => committed.progress().some(({ state }) => state === 'ok'));
  await sendTcp(port, '<13>x: at last\n');
  await until(() => rowsOf(committed).length === 1);
});

test('a queue that is full holds TCP back and loses nothing of it', async () => {
  const { port, committed } = await startSource();
  let release: () => void = () => {};
  const full = new Promise<void>((resolve) => {
    release = resolve;
  });
  committed.beforeCommit = () => full;
  const line = `<13>x: ${'y'.repeat(1000)}\n`;
  const sending = sendTcp(port, ...Array.from({ length: 40 }, () => line.repeat(500)));
  await until(() => committed.offered.some(({ batch }) => batch !== undefined));
  await new Promise((resolve) => setTimeout(resolve, 300));
  release();
  await sending;
  await until(
    () => rowsOf(committed).length === 20_000,
    () => rowsOf(committed).length,
  );
});
