import { VigieError } from '../model/errors.ts';
import { startThread, type Thread } from '../runtime/thread.ts';
import type { Pictures } from './pictures.ts';

/** Every method of the drawing thread: what crosses. */
const METHODS = ['picture', 'page', 'close'] as const satisfies readonly (keyof Pictures)[];

/** Drawings that may wait for the thread: a few seconds of it. */
const MAX_WAITING = 64;

/** Pictures drawn by a thread that starts with the first question, because most servers are never asked. One that died starts again. */
export function remotePictures(bundle: URL): Pictures {
  let thread: Promise<Thread<Pictures>> | undefined;
  const started = (): Promise<Thread<Pictures>> => {
    if (thread !== undefined) return thread;
    const starting = startThread<Pictures>({
      name: 'drawing',
      script: new URL('./thread.js', import.meta.url),
      data: bundle.href,
      methods: METHODS,
      end: 'close',
    });
    thread = starting;
    const forget = (): void => {
      if (thread === starting) thread = undefined;
    };
    starting.then(({ died }) => died.then(forget), forget);
    return starting;
  };
  let waiting = 0;
  const queued = async <T>(draw: (methods: Pictures) => Promise<T>): Promise<T> => {
    if (waiting >= MAX_WAITING) {
      throw new VigieError('unavailable', `cannot draw now: ${MAX_WAITING} drawings wait; try again in a few seconds`);
    }
    waiting++;
    try {
      return await draw((await started()).methods);
    } finally {
      waiting--;
    }
  };
  return {
    picture: (chart, look, format) => queued((methods) => methods.picture(chart, look, format)),
    page: (page, look) => queued((methods) => methods.page(page, look)),
    close: async () => {
      await (await thread)?.methods.close();
    },
  };
}
