import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { size, timezone } from '../options.ts';

const ADDRESS_WANTED = 'want "IP:PORT", such as "127.0.0.1:5514"';

const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[0-9.]+):\d{1,5}$/, { error: ADDRESS_WANTED, abort: true })
  .refine(isSocketAddress, ADDRESS_WANTED);

const network = z.string().refine((text) => networkOf(text) !== undefined, 'want a network, such as "192.0.2.0/24"');

export const syslogSchema = z
  .strictObject({
    type: z.literal('syslog'),
    mode: z
      .array(z.enum(['udp', 'tcp']))
      .min(1)
      .default(['udp', 'tcp']),
    address: address.default('127.0.0.1:5514'),
    /** Who may send. Beyond loopback there is no default. */
    allow: z.array(network).default([]),
    /** Of times that name none, as those of RFC 3164. */
    timezone,
    /** What the kernel keeps for us over UDP. It gives no more than net.core.rmem_max. */
    receive_buffer: size(4096, 2 ** 30).prefault('4MiB'),
    /** Longer messages are cut. */
    max_message: size(480, 2 ** 20).prefault('64KiB'),
    max_connections: z.number().int().min(1).max(10_000).default(256),
    service: z.string().min(1).max(100).optional(),
  })
  .refine(({ address, allow }) => allow.length > 0 || !isSocketAddress(address) || isLoopback(address), {
    path: ['allow'],
    message: 'want the networks that may send: the address can be reached from other machines',
  });
export type SyslogOptions = z.output<typeof syslogSchema>;

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

export function socketAddress(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

function isSocketAddress(text: string): boolean {
  const { host, port } = socketAddress(text);
  const isPort = /:\d{1,5}$/.test(text) && port <= 65_535;
  return isPort && isIP(host) === (text.startsWith('[') ? 6 : 4);
}

/** Whether a peer may send: on loopback everybody who can reach us, else who is in one of the networks. */
export function allowList(networks: readonly string[]): (peer: string) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const text of networks) {
    const network = networkOf(text);
    if (network !== undefined) list.addSubnet(network.host, network.bits, network.family);
  }
  return (peer) => {
    const plain = plainAddress(peer);
    return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}

/** `::ffff:192.0.2.1` is how an IPv6 socket names a peer of IPv4; `%eth0` is the interface of a link-local one. */
export function plainAddress(peer: string): string {
  return peer.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function networkOf(text: string): { host: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [host = '', bits, ...rest] = text.split('/');
  const version = isIP(host);
  const most = version === 6 ? 128 : 32;
  const asked = bits === undefined ? most : Number(bits);
  const isBits = (bits === undefined || /^\d{1,3}$/.test(bits)) && asked <= most && rest.length === 0;
  return version !== 0 && isBits ? { host, bits: asked, family: version === 6 ? 'ipv6' : 'ipv4' } : undefined;
}

function isLoopback(text: string): boolean {
  const { host } = socketAddress(text);
  return host === '::1' || host.startsWith('127.');
}
