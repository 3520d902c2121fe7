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
