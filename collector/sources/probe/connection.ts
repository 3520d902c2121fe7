import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { ProbeFailure } from './probe-failure.ts';

/** Connects to an address that was checked. The signal closes the socket. Rejects with the error of the system. */
export async function openTcp(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return opened(connect({ host: address, port, signal }), 'connect', signal);
}

/** What a TLS server is asked for. */
export interface TlsWish {
  /** The name the certificate must be for. */
  readonly host: string;
  /** A certificate authority to trust beside those of Node, PEM. */
  readonly ca?: string | undefined;
}

/** The same over TLS. Certificates are looked at by `checkCertificate`, so that one that ran out can tell when. */
export async function openTls(
  address: string,
  port: number,
  { host, ca }: TlsWish,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const name = isIP(host) === 0 ? { servername: host } : { host };
  const socket = await openTcp(address, port, signal);
  const secure = tlsConnect({ socket, ...name, rejectUnauthorized: false, ...(ca !== undefined && { ca }) });
  return opened(secure, 'secureConnect', signal);
}

/** Throws ProbeFailure `certificate`. */
export function checkCertificate(socket: TLSSocket): void {
  if (socket.authorized) return;
  const error: unknown = socket.authorizationError;
  throw new ProbeFailure('certificate', error instanceof Error ? error.message : String(error));
}

/** When the first certificate of the chain runs out, seconds since the epoch. */
export function earliestExpiry(socket: TLSSocket): number | undefined {
  const expiries: number[] = [];
  const seen = new Set<string>();
  let certificate: Partial<PeerCertificate> & { issuerCertificate?: PeerCertificate } = socket.getPeerCertificate(true);
  // The last one is its own issuer.
  while (certificate?.valid_to !== undefined && !seen.has(certificate.fingerprint256 ?? '')) {
    seen.add(certificate.fingerprint256 ?? '');
    expiries.push(Date.parse(certificate.valid_to) / 1000);
    certificate = certificate.issuerCertificate ?? {};
  }
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}

async function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  try {
    await once(socket, event, { signal });
    // What happens to it later is told by whoever reads; nobody reading is no crash.
    socket.on('error', () => {});
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
