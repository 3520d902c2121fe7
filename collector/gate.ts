interface Waiter {
  readonly wanted_bytes: number | undefined;
  readonly leave: () => void;
}

/**
 * Where sources wait while the queue is full: in a line, the first of which is let through when there is room. It goes alone, for what
 * it commits decides about the next.
 *
 *     comes --> end of the line ... first --room--> transforms, commit --> opens for the next
 *                                     ^                    | too large: now it is known what it wants
 *                                     +--------------------+
 */
export class Gate {
  readonly #hasRoom: (wanted_bytes: number | undefined) => boolean;
  readonly #line: Waiter[] = [];

  /** @param hasRoom whether the first may try; undefined: nobody knows yet how many bytes it has. */
  constructor(hasRoom: (wanted_bytes: number | undefined) => boolean) {
    this.#hasRoom = hasRoom;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Resolves when it is the caller's turn; rejects with an AbortError when the signal is aborted first. */
  wait(signal: AbortSignal): Promise<void> {
    return this.#enter(signal, undefined);
  }

  /** As `wait`, for a caller whose turn it was and whose batch found no room: it stays the first. */
  waitFirst(wanted_bytes: number, signal: AbortSignal): Promise<void> {
    return this.#enter(signal, wanted_bytes);
  }

  /** There may be room now, or somebody is through. */
  open(): void {
    const [first] = this.#line;
    if (first !== undefined && this.#hasRoom(first.wanted_bytes)) first.leave();
  }

  #enter(signal: AbortSignal, wanted_bytes: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', leave);
        this.#line.splice(this.#line.indexOf(waiter), 1);
        if (signal.aborted) reject(abortError());
        else resolve();
      };
      const waiter: Waiter = { wanted_bytes, leave };
      if (wanted_bytes === undefined) this.#line.push(waiter);
      else this.#line.unshift(waiter);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }
}

export function abortError(): DOMException {
  return new DOMException('the source is being stopped', 'AbortError');
}
