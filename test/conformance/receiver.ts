import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { type Ms, ms } from '../../server/model/units.ts';
import type { OutgoingMessage, Receiver } from '../../server/notify/receiver.ts';
import { firingAlert, HOSTILE_TITLE, outgoing } from '../support/alerts.ts';

/** A receiver with a real other side, which can be told how to behave. */
export interface ReceiverBench {
  readonly receiver: Receiver;
  /** What has arrived, as text, in its order. */
  received(): readonly string[];
  /** Takes messages, says "later", says "never", or takes the connection and says nothing. */
  behave(how: 'accept' | 'busy' | 'refuse' | 'hang'): void;
  /** Nobody listens any more. */
  close(): Promise<void> | void;
}

/** What an attempt takes at most: no machine is too busy for the one, and the other is waited for. */
export const [LONG_TIMEOUT, SHORT_TIMEOUT] = [ms(60_000), ms(500)] as const;

/** What every receiver must do, whatever it speaks. `secret` must never be part of an error. */
export function receiverConformance(name: string, secret: string, open: (timeout: Ms) => Promise<ReceiverBench>): void {
  describe(`${name} as a receiver`, () => {
    let bench: ReceiverBench | undefined;
    const start = async (how: Parameters<ReceiverBench['behave']>[0]) => {
      bench = await open(how === 'hang' ? SHORT_TIMEOUT : LONG_TIMEOUT);
      bench.behave(how);
      return bench;
    };
    const deliver = (
      { receiver }: ReceiverBench,
      message: OutgoingMessage = outgoing(),
      signal = new AbortController().signal,
    ) => receiver.deliver(message, signal);
    afterEach(async () => {
      await bench?.close();
      bench = undefined;
    });

    test('delivers, and the message holds what burns', async () => {
      const opened = await start('accept');
      expect(await deliver(opened)).toEqual({ result: 'delivered' });
      expect(opened.received()).toHaveLength(1);
      expect(opened.received()[0]).toContain('shop burns its error budget');
    });
    test('the same message twice has the same identity', async () => {
      const opened = await start('accept');
      await deliver(opened);
      await deliver(opened);
      const [first, second] = opened.received();
      expect(second).toBe(first);
    });
    test('busy is tried again', async () => {
      expect(await deliver(await start('busy'))).toMatchObject({ result: 'retry' });
    });
    test('refused is final, and says so', async () => {
      expect(await deliver(await start('refuse'))).toMatchObject({
        result: 'failed',
        error: expect.stringMatching(/\d{3}/),
      });
    });
    test('a receiver that hangs is left in time, and tried again', async () => {
      expect(await deliver(await start('hang'))).toMatchObject({ result: 'retry' });
    });
    test('nobody there is tried again', async () => {
      const opened = await start('accept');
      await opened.close();
      expect(await deliver(opened)).toMatchObject({ result: 'retry' });
    });
    test('an attempt ends when the process stops', async () => {
      const stop = new AbortController();
      const attempt = deliver(await start('hang'), outgoing(), stop.signal);
      stop.abort();
      expect(await attempt).toMatchObject({ result: 'retry' });
    });
    test('nothing is sent once the process stops', async () => {
      const opened = await start('accept');
      expect(await deliver(opened, outgoing(), AbortSignal.abort())).toMatchObject({ result: 'retry' });
      expect(opened.received()).toEqual([]);
    });
    test('an attempt leaves nothing behind that listens for the end of the process', async () => {
      const { signal } = new AbortController();
      const opened = await start('accept');
      await deliver(opened, outgoing(), signal);
      opened.behave('refuse');
      await deliver(opened, outgoing(), signal);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
    test.each(['busy', 'refuse', 'hang'] as const)('%s: the error holds no secret', async (how) => {
      expect(JSON.stringify(await deliver(await start(how)))).not.toContain(secret);
    });
    test('a hostile title arrives as harmless text on one line', async () => {
      const opened = await start('accept');
      await deliver(opened, outgoing({}, firingAlert({ title: HOSTILE_TITLE, service: HOSTILE_TITLE })));
      const [text = ''] = opened.received();
      for (const trick of ['\u202e', '\u001b', '\\u202e', '\\u001b', '\\r\\n']) expect(text).not.toContain(trick);
      expect(text).not.toMatch(/^Bcc:/m);
    });
  });
}
