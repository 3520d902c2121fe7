import type { MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, errorCatalogue, messageOf, VigieError } from '../model/errors.ts';

/**
 * Calls across threads: an object's async methods on one side, a proxy with the same methods on the other.
 *
 *     caller  --- { call: 7, method, args } --->  server
 *             <-- { answer: 7, value | error } ---
 *
 * Calls may overlap; each is answered once. When the other side goes away every open call is rejected.
 */
export type Endpoint = Pick<MessagePort | Worker, 'postMessage' | 'on' | 'off'>;

/** An object of nothing but async methods. */
export type Methods<T> = {
  readonly [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? T[K] : never;
};

interface CallMessage {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface AnswerMessage {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** Answers calls on `endpoint` with the methods of `target`. Returns how to stop. */
export function serveCalls<T extends Methods<T>>(endpoint: Endpoint, target: T): () => void {
  const answer = async ({ call, method, args }: CallMessage): Promise<void> => {
    try {
      const found: unknown = Object.hasOwn(target, method) ? target[method as keyof T] : undefined;
      if (typeof found !== 'function') throw new VigieError('internal', `cannot call ${method}: no such method`);
      endpoint.postMessage({ answer: call, value: await found(...args) });
    } catch (error) {
      endpoint.postMessage({ answer: call, error: { code: codeOf(error), message: messageOf(error) } });
    }
  };
  const listener = (message: unknown): void => {
    if (isCall(message)) void answer(message);
  };
  endpoint.on('message', listener);
  return () => endpoint.off('message', listener);
}

export interface Caller<T> {
  readonly methods: T;
  /** Rejects every open call and every later one. */
  abandon(cause: Error): void;
}

/**
 * The other side's methods, by name.
 * @param handsOver those whose byte arrays are moved and not copied: afterwards the caller's are empty.
 */
export function callsTo<T extends Methods<T>>(
  endpoint: Endpoint,
  names: readonly (keyof T & string)[],
  handsOver: readonly (keyof T & string)[] = [],
): Caller<T> {
  const movers = new Set<string>(handsOver);
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let gone: Error | undefined;
  endpoint.on('message', (message: unknown) => {
    if (!isAnswer(message)) return;
    const waiting = open.get(message.answer);
    open.delete(message.answer);
    if (message.error === undefined) waiting?.resolve(message.value);
    else waiting?.reject(new VigieError(message.error.code, message.error.message));
  });
  const call = (method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      open.set(next, { resolve, reject });
      endpoint.postMessage({ call: next, method, args }, movers.has(method) ? buffersOf(args) : []);
      next++;
    });
  const methods = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => call(name, args)])) as T;
  return {
    methods,
    abandon: (cause) => {
      gone = cause;
      for (const { reject } of open.values()) reject(cause);
      open.clear();
    },
  };
}

/** A view of a part of a buffer is copied: the rest of it is somebody else's. */
function buffersOf(args: readonly unknown[]): ArrayBuffer[] {
  const whole = args.filter((arg) => arg instanceof Uint8Array && arg.byteLength === arg.buffer.byteLength);
  return whole.map((arg) => (arg as Uint8Array<ArrayBuffer>).buffer);
}

function codeOf(error: unknown): ErrorCode {
  const code: unknown = error instanceof VigieError ? error.code : undefined;
  return typeof code === 'string' && code in errorCatalogue ? (code as ErrorCode) : 'internal';
}

function isCall(message: unknown): message is CallMessage {
  return typeof message === 'object' && message !== null && 'call' in message;
}

function isAnswer(message: unknown): message is AnswerMessage {
  return typeof message === 'object' && message !== null && 'answer' in message;
}
