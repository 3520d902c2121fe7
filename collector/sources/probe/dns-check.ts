import { Resolver } from 'node:dns/promises';
import type { TargetOf } from '../probe-options.ts';
import type { CheckContext } from './check.ts';
import { ProbeFailure } from './probe-failure.ts';

/** The name has a record of its type, and the one that is wanted among them. */
export async function checkDns(
  { query, record, server, answer }: TargetOf<'dns'>,
  { guard, signal }: CheckContext,
): Promise<void> {
  const resolver = new Resolver({ tries: 1 });
  if (server !== undefined) {
    guard.check(server.host);
    resolver.setServers([
      server.host.includes(':') ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`,
    ]);
  }
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const records: readonly unknown[] = [await resolver.resolve(query, record)].flat();
    const texts = records.map((one) => (typeof one === 'string' ? one : textOf(one)));
    if (texts.length === 0) throw new ProbeFailure('answer', `${query} has no record ${record}`);
    if (answer !== undefined && !texts.includes(answer)) {
      throw new ProbeFailure('answer', `got ${texts.slice(0, 3).join(', ')}; want ${answer}`);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** A mail exchange by its name; the parts of a text record together. */
function textOf(record: unknown): string {
  if (Array.isArray(record)) return record.join('');
  return String((record as { exchange?: unknown }).exchange ?? '');
}
