import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Network } from '../probe-options.ts';
import { ProbeFailure } from './probe-failure.ts';

/**
 * Whoever writes targets must not reach what only this machine reaches. Special networks of RFC 6890 and its like: this machine, private,
 * link-local (where clouds keep their metadata), shared, multicast, and v6 networks that stand for v4 addresses.
 */
const CLOSED: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
];

/** Looks names up and says which address may be connected to. */
export interface AddressGuard {
  /**
   * The address of a host, looked up once: whoever connects to it connects to what was checked. Throws ProbeFailure `name` when there is
   * none, `forbidden` when none may be probed.
   */
  resolve(host: string): Promise<string>;
  /** Throws ProbeFailure `forbidden`. */
  check(address: string): void;
}

export function addressGuard(allow: readonly Network[]): AddressGuard {
  const closed = new BlockList();
  for (const [address, prefix] of CLOSED) closed.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const open = new BlockList();
  for (const { address, prefix, family } of allow) open.addSubnet(address, prefix, family);
  const isOpen = (address: string): boolean => isIn(open, address) || !isIn(closed, address);
  const check = (address: string): void => {
    if (!isOpen(address)) throw new ProbeFailure('forbidden', `${address} is not to be probed; name it in allow`);
  };
  return {
    check,
    resolve: async (host) => {
      const name = host.replace(/^\[|\]$/g, '');
      const found = isIP(name) === 0 ? await lookup(name, { all: true }) : [{ address: name }];
      const addresses = found.map(({ address }) => plain(address));
      const first = addresses.find(isOpen) ?? addresses[0];
      if (first === undefined) throw new ProbeFailure('name', `${name} has no address`);
      check(first);
      return first;
    },
  };
}

/** A v4 address in the clothes of v6 is the v4 address; a zone names no other one. */
function plain(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
}

function isIn(networks: BlockList, address: string): boolean {
  const bare = plain(address);
  return networks.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}
