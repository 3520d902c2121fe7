import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { VigieError } from '../model/errors.ts';

/** Where the server listens, and where others look for it, unless told otherwise. */
export const DEFAULT_LISTEN = '127.0.0.1:8420';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:8420`, `[::1]:8420`, `localhost:0` (0: any free port). */
export function parseListen(text: string): ListenAddress {
  const address = listenAddress(text);
  if (address === undefined) {
    throw new VigieError('bad_config', `cannot listen on ${JSON.stringify(text)}: ${LISTEN_WANTED}`);
  }
  return address;
}

export const LISTEN_WANTED = `want "host:port", such as "${DEFAULT_LISTEN}"`;

/** Undefined for what is no address. */
export function listenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whoever can reach the address may ask: beyond loopback that takes tokens. */
export function demandTokens(address: ListenAddress, tokenFile: string | undefined): void {
  if (isLoopback(address) || tokenFile !== undefined) return;
  throw new VigieError(
    'bad_config',
    `cannot listen on ${address.host} without tokens: anybody who reaches this machine could read and write. Either listen on 127.0.0.1, or make a token file:\n` +
      '  (umask 077; echo "ingest,read $(openssl rand -hex 24)" > tokens)\n' +
      '  vigie run --listen HOST:PORT --token-file tokens',
  );
}

/** Resolves with the URL once connections are taken. */
export function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): VigieError {
  if (error.code !== 'EADDRINUSE') {
    return new VigieError('bad_config', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
  return new VigieError(
    'address_in_use',
    `cannot listen on ${host}:${port}: the port is in use. Is another vigie running? Otherwise choose one with --listen ${host}:PORT`,
  );
}
