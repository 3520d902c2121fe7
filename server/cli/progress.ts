import { performance } from 'node:perf_hooks';

const BAR = 30;
const REDRAW_MS = 100;

/** Steps of a long work on stderr: a bar on a terminal, a line at each step's beginning and end elsewhere. */
export class Progress {
  readonly #stream = process.stderr;
  #step = '';
  #begun = 0;
  #drawn = Number.NEGATIVE_INFINITY;
  #isOver = false;

  /** @param share done of the step, 0 to 1 */
  show(step: string, share: number): void {
    const now = performance.now();
    if (step !== this.#step) this.#begin(step, now);
    else if (this.#isOver || (now - this.#drawn < REDRAW_MS && share < 1)) return;
    this.#drawn = now;
    this.#isOver = share >= 1;
    if (this.#stream.isTTY) this.#draw(share, now);
    else if (this.#isOver) this.#stream.write(`${step} ... done in ${this.#secs(now)} s\n`);
  }

  /** `show` for short steps, which are of no interest where nobody looks. */
  readonly onTerminal = (step: string, share: number): void => {
    if (this.#stream.isTTY) this.show(step, share);
  };

  /** Before something else is written. */
  clear(): void {
    if (this.#stream.isTTY && this.#step !== '' && !this.#isOver) this.#stream.write('\r\x1b[K');
  }

  #begin(step: string, now: number): void {
    this.#step = step;
    this.#begun = now;
    this.#isOver = false;
    if (!this.#stream.isTTY) this.#stream.write(`${step} ...\n`);
  }

  #draw(share: number, now: number): void {
    const full = Math.round(BAR * share);
    const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    this.#stream.write(
      `\r\x1b[K${this.#step.padEnd(24)} ${bar} ${percent}  ${this.#secs(now)} s${this.#isOver ? '\n' : ''}`,
    );
  }

  #secs(now: number): string {
    return ((now - this.#begun) / 1000).toFixed(1);
  }
}
