import { Tail } from 'tail';

/**
 * Tells when a file may have changed. `tail` watches; its own reading is switched off, because it reads by path and would hand
 * out bytes of another file after a rename. A missed or false call costs nothing but time: the poll alone is sufficient.
 */
export interface WakeUp {
  close(): void;
}

/** `tail` calls these two from its watcher; its declaration leaves them out. */
class ChangeTail extends Tail {
  #notify: () => void;

  constructor(path: string, notify: () => void) {
    super(path, { follow: false, fsWatchOptions: { persistent: false } });
    this.#notify = notify;
  }

  change(): void {
    this.#notify();
  }

  /** The watch stays on the inode, which is still the one being read. */
  rename(): void {
    this.#notify();
  }
}

/** Undefined when the path cannot be watched: it is gone, or the system has no watches left. */
export function watchFile(path: string, notify: () => void, onError: (error: unknown) => void): WakeUp | undefined {
  try {
    const tail = new ChangeTail(path, notify);
    tail.on('error', onError);
    return { close: () => tail.unwatch() };
  } catch (error) {
    onError(error);
    return undefined;
  }
}
