import { systemClock } from '../../server/model/clock.ts';
import { type Feed, type FeedMessage, openFeed } from './feed.ts';

/** Listens to the stream of all tabs, or to one of its own where there is no SharedWorker (Chrome on Android). */
export function subscribe(deliver: (message: FeedMessage) => void): Feed {
  return typeof SharedWorker === 'undefined' ? openFeed(systemClock, deliver) : joinWorker(deliver);
}

function joinWorker(deliver: (message: FeedMessage) => void): Feed {
  const worker = new SharedWorker(new URL('./shared-worker.ts', import.meta.url), { type: 'module', name: 'vigie' });
  let fallback: Feed | undefined;
  worker.port.addEventListener('message', (event: MessageEvent<FeedMessage>) => deliver(event.data));
  worker.addEventListener('error', () => {
    fallback ??= openFeed(systemClock, deliver);
  });
  worker.port.start();
  return {
    close: () => {
      worker.port.postMessage('leave');
      worker.port.close();
      fallback?.close();
    },
  };
}
