import { once } from 'node:events';
import { type MessagePort, parentPort, type Transferable, Worker } from 'node:worker_threads';
import { type ErrorCode, errorCatalogue, invariant, messageOf, VigieError } from '../model/errors.ts';
import { callsTo, type Methods, serveCalls } from './thread-calls.ts';

/**
 * A thread of ours, from both sides: it starts, says so or why not, and from then on answers calls.
 *
 *     startThread(...)  --- workerData --->  runThread(...)
 *                       <-- started | failed
 *                       <== calls =======>
 */
type StartMessage =
  | { readonly started: true }
  | { readonly started: false; readonly code: string; readonly message: string };

export interface ThreadOptions<T> {
  /** For people: "the store". */
  readonly name: string;
  /** The built script. */
  readonly script: URL;
  readonly data: unknown;
  readonly transfer?: readonly Transferable[];
  readonly methods: readonly (keyof T & string)[];
  /** See `callsTo`. */
  readonly handsOver?: readonly (keyof T & string)[];
  /** The method that ends the thread; afterwards it is gone, whether it could end cleanly or not. */
  readonly end: keyof T & string;
}

export interface Thread<T> {
  readonly methods: T;
  readonly worker: Worker;
  /** Resolves with the cause if the thread ends without being asked to. Calls are rejected with it. */
  readonly died: Promise<Error>;
}

/** Rejects with the thread's own error when it cannot start. */
export async function startThread<T extends Methods<T>>(options: ThreadOptions<T>): Promise<Thread<T>> {
  const { name, script, data, transfer = [], methods, handsOver, end } = options;
  const worker = new Worker(script, { workerData: data, transferList: [...transfer] });
  const gone = once(worker, 'exit').then(() => [
    { started: false, code: 'internal', message: `${name}'s thread ended at its start` },
  ]);
  const [message] = (await Promise.race([once(worker, 'message'), gone])) as [StartMessage];
  if (!message.started) {
    await worker.terminate();
    throw new VigieError(message.code in errorCatalogue ? (message.code as ErrorCode) : 'internal', message.message);
  }
  const caller = callsTo<T>(worker, methods, handsOver);
  const died = new Promise<Error>((resolve) => {
    worker.once('error', resolve);
    worker.once('exit', (code) => resolve(new VigieError('unavailable', `${name}'s thread ended with code ${code}`)));
  });
  void died.then((error) => caller.abandon(error));
  const ended = async (): Promise<void> => {
    try {
      await (caller.methods[end] as () => Promise<unknown>)();
    } finally {
      await worker.terminate();
    }
  };
  return { methods: { ...caller.methods, [end]: ended }, worker, died };
}

/** The thread's side: `start` makes what answers the calls. */
export async function runThread<T extends Methods<T>>(start: (port: MessagePort) => Promise<T>): Promise<void> {
  const port = parentPort;
  invariant(port !== null, 'a thread that was not started as a worker');
  try {
    serveCalls(port, await start(port));
    port.postMessage({ started: true } satisfies StartMessage);
  } catch (error) {
    const code = error instanceof VigieError ? error.code : 'internal';
    port.postMessage({ started: false, code, message: messageOf(error) } satisfies StartMessage);
  }
}
