import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type ListenerFault, openListeners } from '../../collector/sources/syslog/listeners.ts';
import { PendingMessages } from '../../collector/sources/syslog/pending-messages.ts';
import { until } from '../conformance/source.ts';
import { freePort } from '../support/ports.ts';

const wanted = (port: number, modes: ('udp' | 'tcp')[]) => ({
  host: '127.0.0.1',
  port,
  modes,
  allows: () => true,
  receive_buffer_bytes: 65_536,
  max_message_bytes: 8192,
  max_connections: 10,
});
const silent = { message: () => true, fault: () => {} };

/** Descriptors of this process that are sockets. */
function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      // The descriptor the folder was read with.
      return false;
    }
  }).length;
}

const leaksNothing = (mode: 'udp' | 'tcp'): void => {
  test(`a port of ${mode} that is taken costs no descriptor`, async () => {
    const port = await freePort();
    const holder = await openListeners(wanted(port, ['udp', 'tcp']), silent);
    const before = sockets();
    for (let i = 0; i < 5; i++) await expect(openListeners(wanted(port, [mode]), silent)).rejects.toThrow('EADDRINUSE');
    await until(
      () => sockets() <= before,
      () => [sockets(), before],
      2000,
    );
    await holder.close();
  });
};
leaksNothing('udp');
leaksNothing('tcp');

test('the kernel is asked to look after quiet connections', async () => {
  const listeners = await openListeners(wanted(await freePort(), ['tcp']), silent);
  const socket = connect(listeners.port, '127.0.0.1');
  await once(socket, 'connect');
  const local = `:${listeners.port.toString(16).toUpperCase().padStart(4, '0')}`;
  // Columns of /proc/net/tcp: local and remote address, state (01: established), queues, timer (02: keep-alive).
  const timers = (): (string | undefined)[] =>
    readFileSync('/proc/net/tcp', 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, address, , state]) => address?.endsWith(local) && state === '01')
      .map((columns) => columns[5]?.slice(0, 2));
  await until(() => timers().length === 1, timers);
  expect(timers()).toEqual(['02']);
  socket.destroy();
  await listeners.close();
});

test('datagrams without a message are counted and not told', async () => {
  const faults: ListenerFault[] = [];
  const told: string[] = [];
  const listeners = await openListeners(wanted(await freePort(), ['udp']), {
    message: (bytes, start, end) => told.push(bytes.toString('latin1', start, end)) > 0,
    fault: (reason) => faults.push(reason),
  });
  const socket = createSocket('udp4');
  for (const text of ['', '', 'x']) {
    await new Promise((resolve) => socket.send(text, listeners.port, '127.0.0.1', resolve));
  }
  await until(() => told.length > 0);
  expect([told, faults]).toEqual([['x'], ['empty_message', 'empty_message']]);
  socket.close();
  await listeners.close();
});

test('what waits is bounded in messages as it is in bytes', () => {
  const bounded = (length: number, count: number, full: boolean, over: boolean): void => {
    const pending = new PendingMessages();
    const bytes = Buffer.alloc(length, 'x');
    for (let i = 0; i < count; i++) pending.add(bytes, 0, length, '192.0.2.1');
    expect([length, count, pending.isFull, pending.isOver]).toEqual([length, count, full, over]);
  };
  bounded(1, 2 ** 16 - 1, false, false);
  bounded(1, 2 ** 16, true, false);
  bounded(1, 2 ** 19 - 1, true, false);
  bounded(1, 2 ** 19, true, true);
  bounded(2 ** 16, 15, false, false);
  bounded(2 ** 16, 16, true, false);
  bounded(2 ** 16, 512, true, false);
  bounded(2 ** 16, 513, true, true);
});
