import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchEnvelope, Hello, IngestTransport } from '../../server/model/ingest.ts';
import { digestOf } from '../../server/runtime/digest.ts';

export interface TransportUnderTest {
  readonly transport: IngestTransport;
  /** From now on nobody answers. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

const SINK = { collector: 'here', sink: 'server' };
const PAYLOAD = Buffer.from(JSON.stringify({ v: 1, source: 'log', series: [], positions: { 'log/é': { line: 1 } } }));

/** What every way from a queue to a server promises, against a server that keeps `server/model/ingest.ts`. */
export function testTransport(name: string, open: () => Promise<TransportUnderTest>): void {
  describe(`transport ${name}`, () => {
    let under: TransportUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const hello = (more: Partial<Hello> = {}): Hello => ({
      ...SINK,
      epoch: 0,
      acked: { sequence: 0, digest: '' },
      queued: [],
      ...more,
    });
    const envelope = (epoch: number, sequence: number, digest = digestOf(PAYLOAD)): BatchEnvelope => ({
      ...SINK,
      epoch,
      sequence,
      digest,
    });
    const epochOf = async (): Promise<number> => {
      const answer = await under.transport.hello(hello());
      if (answer.result !== 'rewind') throw new Error('a first hello was agreed to');
      return answer.epoch;
    };

    test('carries a dialogue, positions as they were', async () => {
      const epoch = await epochOf();
      expect(await under.transport.send(envelope(epoch, 1), PAYLOAD)).toEqual({ result: 'applied' });
      expect(await under.transport.send(envelope(epoch, 1), PAYLOAD)).toEqual({ result: 'duplicate' });
      const acked = { sequence: 1, digest: digestOf(PAYLOAD) };
      expect(await under.transport.hello(hello({ epoch, acked }))).toEqual({ result: 'agreed', sequence: 1 });
      const again = await under.transport.hello(hello());
      expect(again).toMatchObject({ result: 'rewind', positions: { 'log/é': { line: 1 } } });
    });

    test('a refusal is an answer, not an error', async () => {
      const epoch = await epochOf();
      const refused = async (given: BatchEnvelope): Promise<string> => {
        const answer = await under.transport.send(given, PAYLOAD);
        return answer.result === 'refused' ? answer.reason : answer.result;
      };
      expect(await refused(envelope(epoch, 2))).toBe('sequence_gap');
      expect(await refused(envelope(epoch + 1, 1))).toBe('unknown_epoch');
      expect(await refused(envelope(epoch, 1, digestOf(Buffer.from('other'))))).toBe('torn');
    });

    test('rejects when nobody answers', async () => {
      await under.disconnect();
      await expect(under.transport.hello(hello())).rejects.toThrow();
      await expect(under.transport.send(envelope(1, 1), PAYLOAD)).rejects.toThrow();
    });
  });
}
