import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, VigieError } from '../../model/errors.ts';
import type { Ms } from '../../model/units.ts';
import { frameOf, type Message } from './messages.ts';

const RETRY_MS = 200;

/** The machines' way to the syslog source: one TCP connection, held back when the collector is. */
export class SyslogSender {
  readonly #host: string;
  readonly #port: number;
  readonly #retries: number;
  #socket: Socket | undefined;

  /** @param patience how long nobody may listen: a collector that has much to read opens its socket late */
  constructor(address: string, patience: Ms) {
    this.#retries = patience / RETRY_MS;
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** Resolves once the messages are with the kernel; rejects with `unavailable` when nobody listens. */
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
        if (tries >= this.#retries) {
          const why = `nobody takes syslog messages on ${this.#host}:${this.#port}: ${messageOf(error)}`;
          throw new VigieError('unavailable', `cannot send messages of the demo: ${why}`, { cause: error });
        }
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
