import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { VigieError } from '../../server/model/errors.ts';
import { callsTo, type Methods, serveCalls } from '../../server/runtime/thread-calls.ts';

const open: MessageChannel[] = [];

function connect<T extends Methods<T>>(target: T) {
  const channel = new MessageChannel();
  open.push(channel);
  serveCalls(channel.port1, target);
  return callsTo<T>(channel.port2, Object.keys(target) as (keyof T & string)[]);
}

afterEach(() => {
  for (const { port1, port2 } of open.splice(0)) {
    port1.close();
    port2.close();
  }
});

test('overlapping calls get their own answers', async () => {
  const { methods } = connect({ double: async (n: number) => n * 2, add: async (a: number, b: number) => a + b });
  expect(await Promise.all([methods.double(1), methods.add(2, 3), methods.double(4)])).toEqual([2, 5, 8]);
});

test('an error keeps its code and its words', async () => {
  const { methods } = connect({
    fail: async () => {
      throw new VigieError('disk_full', 'cannot write: no space');
    },
  });
  await expect(methods.fail()).rejects.toMatchObject({ code: 'disk_full', message: 'cannot write: no space' });
});

test('a method that is not there is an error, also when every object inherits one of that name', async () => {
  const channel = new MessageChannel();
  open.push(channel);
  serveCalls(channel.port1, {});
  const { methods } = callsTo<{ toString(): Promise<string> }>(channel.port2, ['toString']);
  await expect(methods.toString()).rejects.toThrow('cannot call toString: no such method');
});

test('when the other side goes away, open and later calls are rejected', async () => {
  const caller = connect({ never: () => new Promise<void>(() => {}) });
  const waiting = caller.methods.never();
  caller.abandon(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(caller.methods.never()).rejects.toThrow('gone');
});

test('a signal is a signal on the other side', async () => {
  const { methods } = connect({
    wait: (name: string, signal: AbortSignal) =>
      new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(`${name} was told`))),
    answer: async (signal: AbortSignal) => signal.aborted,
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const waits = [methods.wait('a', first.signal), methods.wait('b', second.signal)];
  second.abort();
  expect(await waits[1]).toBe('b was told');
  first.abort();
  expect(await waits[0]).toBe('a was told');
  expect(await methods.answer(new AbortController().signal)).toBe(false);
});

test('a signal that came before the call is told, one that comes after the answer is not', async () => {
  let calls = 0;
  const { methods } = connect({
    wait: (signal: AbortSignal) => {
      calls++;
      return new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('told')));
    },
    answer: async (signal: AbortSignal) => String(signal.aborted),
  });
  expect(await methods.wait(AbortSignal.abort())).toBe('told');
  const late = new AbortController();
  expect(await methods.answer(late.signal)).toBe('false');
  late.abort();
  expect(await methods.answer(new AbortController().signal)).toBe('false');
  expect(calls).toBe(1);
});

test('bytes that are handed over are the caller’s no more; a part of a buffer, and those of other methods, stay', async () => {
  const channel = new MessageChannel();
  open.push(channel);
  const target = { give: async (bytes: Uint8Array) => [...bytes], lend: async (bytes: Uint8Array) => [...bytes] };
  serveCalls(channel.port1, target);
  const { methods } = callsTo<typeof target>(channel.port2, ['give', 'lend'], ['give']);
  const [given, lent, whole] = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)];
  expect(await methods.give(given)).toEqual([1, 2]);
  expect(await methods.lend(lent)).toEqual([3]);
  expect(await methods.give(whole.subarray(1))).toEqual([5, 6]);
  expect([given.length, lent.length, whole.length]).toEqual([0, 1, 3]);
});
