import { startThread, type Thread } from '../runtime/thread.ts';
import type { Pictures } from './pictures.ts';

/** Every method of the drawing thread: what crosses. */
const METHODS = ['picture', 'page', 'close'] as const satisfies readonly (keyof Pictures)[];

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
  return {
    picture: async (chart, look, format) => (await started()).methods.picture(chart, look, format),
    page: async (page, look) => (await started()).methods.page(page, look),
    close: async () => {
      await (await thread)?.methods.close();
    },
  };
}
