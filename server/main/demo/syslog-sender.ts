import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { frameOf, type Message } from './messages.ts';

const RETRY_MS = 200;
const RETRIES = 50;

/** The machines' way to the syslog source: one TCP connection, held back when the collector is. */
export class SyslogSender {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(address: string) {
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** Resolves once the messages are with the kernel; rejects when nobody listens for ten seconds. */
  async send(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const socket = await this.#connected();
    if (!socket.write(messages.map(frameOf).join('')))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    socket.end();
    await once(socket, 'close');
  }

  async #connected(): Promise<Socket> {
    for (let tries = 1; this.#socket === undefined || this.#socket.destroyed; tries++) {
      try {
        this.#socket = await connection(this.#port, this.#host);
      } catch (error) {
        if (tries === RETRIES) throw error;
        await sleep(RETRY_MS);
      }
    }
    return this.#socket;
  }
}

async function connection(port: number, host: string): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  // A connection that breaks later is made anew by the next message.
  socket.on('error', () => socket.destroy());
  socket.resume();
  return socket;
}
