import type { Feed, FeedMessage } from './feed.ts';

/** What the hub needs of a MessagePort. */
interface Listener {
  postMessage(message: FeedMessage): void;
}

export interface Hub {
  join(listener: Listener): void;
  leave(listener: Listener): void;
}

/**
 * One stream for all tabs: an HTTP/1.1 browser opens six connections to a server at most, and each stream would hold one.
 * The feed opens with the first listener and closes with the last; a newcomer is told at once what the others already know.
 */
export function createHub(open: (deliver: (message: FeedMessage) => void) => Feed): Hub {
  const listeners = new Set<Listener>();
  let feed: Feed | undefined;
  let link: FeedMessage | undefined;
  let newest: FeedMessage | undefined;

  const deliver = (message: FeedMessage): void => {
    if (message.kind === 'slos') newest = message;
    else link = message;
    for (const listener of listeners) listener.postMessage(message);
  };

  return {
    join: (listener) => {
      listeners.add(listener);
      feed ??= open(deliver);
      if (newest !== undefined) listener.postMessage(newest);
      if (link !== undefined) listener.postMessage(link);
    },
    leave: (listener) => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      feed?.close();
      feed = link = newest = undefined;
    },
  };
}
