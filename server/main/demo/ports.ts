import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ListenAddress, listen } from '../listen.ts';

/** Throws VigieError `address_in_use` now rather than when the past is made. */
export async function demandPort(address: ListenAddress): Promise<void> {
  const server = createServer();
  await listen(server, address);
  await new Promise((resolve) => server.close(resolve));
}

/** A port of loopback that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, { host: '127.0.0.1', port: 0 });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
