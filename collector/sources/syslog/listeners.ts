import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { messageOf } from '../../../server/model/errors.ts';
import { plainAddress, type SocketAddress } from '../syslog-options.ts';
import { FrameReader, FramingError } from './framing.ts';

/** What the sockets tell. */
export interface ListenerEvents {
  /** A complete message, of one byte at least. False: no more for now, TCP is held back until `resume`. */
  message(bytes: Buffer, start: number, end: number, peer: string): boolean;
  /** A code of low cardinality, for the counters. */
  fault(reason: ListenerFault, count: number): void;
}

export type ListenerFault =
  | 'peer_not_allowed'
  | 'too_many_connections'
  | 'empty_message'
  | 'bad_frame'
  | 'torn_frame'
  | 'message_cut'
  | 'connection_lost';

export interface ListenOptions extends SocketAddress {
  readonly modes: readonly ('udp' | 'tcp')[];
  readonly allows: (peer: string) => boolean;
  readonly receive_buffer_bytes: number;
  readonly max_message_bytes: number;
  readonly max_connections: number;
}

/**
 * After so much silence the kernel asks whether the other end still lives (RFC 9293, 3.8.4). A quiet sender keeps its connection: it
 * would lose what it writes into one that was closed.
 */
const KEEP_ALIVE_MS = 60_000;

/** The open sockets of a syslog source. */
export interface Listeners {
  /** What the kernel gives for UDP, in bytes; absent without UDP. */
  readonly receiveBufferBytes: number | undefined;
  readonly port: number;
  /** Reads again from the connections that were held back. */
  resume(): void;
  /** Resolves when the last message was told: what there is of a frame when its connection is closed is one. */
  close(): Promise<void>;
}

/** Opens the sockets on one port. Rejects with the system's error, with nothing left open. */
export async function openListeners(options: ListenOptions, events: ListenerEvents): Promise<Listeners> {
  const tcp = options.modes.includes('tcp') ? new TcpListener(options, events) : undefined;
  let udp: UdpSocket | undefined;
  try {
    const port = (await tcp?.listen(options)) ?? options.port;
    if (options.modes.includes('udp')) udp = await openUdp({ ...options, port }, events);
    return {
      port: udp?.address().port ?? port,
      // The kernel doubles what it is asked for and tells the double (socket(7)).
      receiveBufferBytes: udp === undefined ? undefined : udp.getRecvBufferSize() / 2,
      resume: () => tcp?.resume(),
      close: async () => {
        udp?.close();
        await tcp?.close();
      },
    };
  } catch (error) {
    await tcp?.close();
    throw error;
  }
}

/** Why no socket was opened, and what to write into the configuration instead. */
export function listenCause(error: unknown, source: string): string {
  const key = `sources.${source}.address`;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `the port is in use; stop what has it, or choose another with ${key}`;
    case 'EACCES':
      return `ports below 1024 are for root; choose another with ${key}`;
    case 'EADDRNOTAVAIL':
      return `this machine has no such address; choose another with ${key}`;
    default:
      return messageOf(error);
  }
}

async function openUdp(options: ListenOptions, events: ListenerEvents): Promise<UdpSocket> {
  const { host, port, allows, receive_buffer_bytes, max_message_bytes } = options;
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: receive_buffer_bytes });
  socket.on('message', (bytes, { address }) => {
    if (!allows(address)) return events.fault('peer_not_allowed', 1);
    if (bytes.length === 0) return events.fault('empty_message', 1);
    if (bytes.length > max_message_bytes) events.fault('message_cut', 1);
    events.message(bytes, 0, Math.min(bytes.length, max_message_bytes), plainAddress(address));
  });
  try {
    const listening = once(socket, 'listening');
    socket.bind(port, host);
    await listening;
    socket.on('error', () => events.fault('connection_lost', 1));
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

class TcpListener {
  readonly #options: ListenOptions;
  readonly #events: ListenerEvents;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #paused = new Set<Socket>();

  constructor(options: ListenOptions, events: ListenerEvents) {
    this.#options = options;
    this.#events = events;
    const alive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer(alive, (socket) => this.#accept(socket));
  }

  async listen({ host, port }: SocketAddress): Promise<number> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host, port });
    await listening;
    this.#server.on('error', () => this.#events.fault('connection_lost', 1));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  resume(): void {
    for (const socket of this.#paused) socket.resume();
    this.#paused.clear();
  }

  async close(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => once(socket, 'close'));
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const refuse = this.#refusal(peer);
    if (refuse !== undefined) {
      this.#events.fault(refuse, 1);
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const reader = new FrameReader(this.#options.max_message_bytes, (bytes, start, end, cut) => {
      if (cut) this.#events.fault('message_cut', 1);
      if (!this.#events.message(bytes, start, end, peer)) this.#hold(socket);
    });
    socket.on('data', (chunk) => this.#feed(socket, reader, chunk));
    socket.on('error', () => this.#events.fault('connection_lost', 1));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#paused.delete(socket);
      if (reader.end()) this.#events.fault('torn_frame', 1);
    });
  }

  #refusal(peer: string): ListenerFault | undefined {
    if (!this.#options.allows(peer)) return 'peer_not_allowed';
    return this.#sockets.size >= this.#options.max_connections ? 'too_many_connections' : undefined;
  }

  #hold(socket: Socket): void {
    socket.pause();
    this.#paused.add(socket);
  }

  #feed(socket: Socket, reader: FrameReader, chunk: Buffer): void {
    try {
      reader.feed(chunk);
    } catch (error) {
      if (!(error instanceof FramingError))
        throw new Error(`cannot read frames: ${messageOf(error)}`, { cause: error });
      this.#events.fault('bad_frame', 1);
      socket.destroy();
    }
  }
}
