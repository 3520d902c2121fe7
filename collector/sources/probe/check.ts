import type { ProbeTarget } from '../probe-options.ts';
import type { AddressGuard } from './address-guard.ts';
import { checkCertificate, earliestExpiry, openTcp, openTls } from './connection.ts';
import { checkDns } from './dns-check.ts';
import { checkHttp } from './http-check.ts';

/** What a check may use. */
export interface CheckContext {
  readonly guard: AddressGuard;
  readonly maxBody: number;
  /** The text of a file named by a target. */
  readonly readFile: (path: string) => string;
  /** Of the time this probe has, and of the process. */
  readonly signal: AbortSignal;
}

/** What a check found out, whether or not it succeeded. */
export interface Findings {
  status?: number;
  /** Seconds since the epoch. */
  expiry?: number;
}

/** Resolves when the target is as it should be; rejects with what is wrong. `found` is filled in as it goes. */
export async function check(target: ProbeTarget, context: CheckContext, found: Findings): Promise<void> {
  switch (target.check) {
    case 'http':
      return checkHttp(target, context, found);
    case 'dns':
      return checkDns(target, context);
    case 'tcp':
    case 'tls':
      return checkSocket(target, context, found);
  }
}

async function checkSocket(
  target: Extract<ProbeTarget, { check: 'tcp' | 'tls' }>,
  { guard, signal, readFile }: CheckContext,
  found: Findings,
): Promise<void> {
  const { host, port } = target.address;
  const address = await guard.resolve(host);
  if (target.check === 'tcp') {
    (await openTcp(address, port, signal)).destroy();
    return;
  }
  const ca = target.ca_file === undefined ? undefined : readFile(target.ca_file);
  const socket = await openTls(address, port, { host: target.server_name ?? host, ca }, signal);
  try {
    const expiry = earliestExpiry(socket);
    if (expiry !== undefined) found.expiry = expiry;
    checkCertificate(socket);
  } finally {
    socket.destroy();
  }
}
