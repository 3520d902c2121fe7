import type { MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, errorCatalogue, messageOf, VigieError } from '../model/errors.ts';

/**
 * Calls across threads: an object's async methods on one side, a proxy with the same methods on the other.
 *
 *     caller  --- { call: 7, method, args } --->  server
 *             <-- { answer: 7, value | error } ---
 *
 * Calls may overlap; each is answered once. A signal among the arguments is a signal on the other side too: its
 * moment follows the call as { cancel: 7 }. When the other side goes away every open call is rejected.
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
  /** Which argument is a signal; it crosses as null. */
  readonly signalAt?: number;
}

interface CancelMessage {
  readonly cancel: number;
}

interface AnswerMessage {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** Answers calls on `endpoint` with the methods of `target`. Returns how to stop. */
export function serveCalls<T extends Methods<T>>(endpoint: Endpoint, target: T): () => void {
  const cancels = new Map<number, AbortController>();
  const answer = async ({ call, method, args, signalAt }: CallMessage): Promise<void> => {
    try {
      const found: unknown = Object.hasOwn(target, method) ? target[method as keyof T] : undefined;
      if (typeof found !== 'function') throw new VigieError('internal', `cannot call ${method}: no such method`);
      endpoint.postMessage({ answer: call, value: await found(...withSignal(call, args, signalAt)) });
    } catch (error) {
      endpoint.postMessage({ answer: call, error: { code: codeOf(error), message: messageOf(error) } });
    } finally {
      cancels.delete(call);
    }
  };
  const withSignal = (call: number, args: readonly unknown[], at: number | undefined): readonly unknown[] => {
    if (at === undefined) return args;
    const controller = new AbortController();
    cancels.set(call, controller);
    return args.with(at, controller.signal);
  };
  const listener = (message: unknown): void => {
    if (isCall(message)) void answer(message);
    else if (isCancel(message)) cancels.get(message.cancel)?.abort();
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
      const id = next++;
      const signalAt = args.findIndex((arg) => arg instanceof AbortSignal);
      const crossing = signalAt < 0 ? { args } : { args: args.with(signalAt, null), signalAt };
      endpoint.postMessage({ call: id, method, ...crossing }, movers.has(method) ? buffersOf(args) : []);
      const deaf = tellCancel(endpoint, id, args[signalAt]);
      open.set(id, {
        resolve: (value) => {
          deaf();
          resolve(value);
        },
        reject: (error) => {
          deaf();
          reject(error);
        },
      });
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

/** Passes the moment of a signal on; returns how to stop listening. */
function tellCancel(endpoint: Endpoint, call: number, signal: unknown): () => void {
  if (!(signal instanceof AbortSignal)) return () => {};
  const cancel = (): void => endpoint.postMessage({ cancel: call } satisfies CancelMessage);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  return () => signal.removeEventListener('abort', cancel);
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

function isCancel(message: unknown): message is CancelMessage {
  return typeof message === 'object' && message !== null && 'cancel' in message;
}

function isAnswer(message: unknown): message is AnswerMessage {
  return typeof message === 'object' && message !== null && 'answer' in message;
}
