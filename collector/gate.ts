/** Where sources wait while the queue is full. */
export class Gate {
  readonly #waiting = new Set<() => void>();

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves at the next `open`; rejects with the signal's AbortError when it is aborted first. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', leave);
        this.#waiting.delete(leave);
        if (signal.aborted) reject(abortError());
        else resolve();
      };
      this.#waiting.add(leave);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }

  /** There may be room now. */
  open(): void {
    for (const leave of [...this.#waiting]) leave();
  }
}

export function abortError(): DOMException {
  return new DOMException('the source is being stopped', 'AbortError');
}
