import type { TailedFile } from './tailed-file.ts';
import { type WakeUp, watchFile } from './wake-up.ts';

/** The slowest poll of a file that does not grow. */
const MAX_POLL_MS = 1000;
/** A busy file is read this often at most, so that its lines travel in batches worth a commit. */
const MIN_READ_GAP_MS = 50;
/** Watches come out of a small budget of the system (`fs.inotify.max_user_watches`) that others need, too. */
const MAX_WATCHES = 512;

interface Turn {
  due: number;
  backOff: number;
  readAt: number;
  grewAt: number;
  /** Asked for once: where watching fails, it fails again, and the poll does. */
  isWatchAsked: boolean;
  watch: WakeUp | undefined;
}

/** When each file is looked at next. Times are monotonic ms, because a wall clock set back would stop all polling. */
export class Pace {
  readonly #pollMs: number;
  readonly #onWake: () => void;
  readonly #onError: (error: unknown) => void;
  #watches = 0;
  readonly #turns = new Map<TailedFile, Turn>();

  constructor(pollMs: number, onWake: () => void, onError: (error: unknown) => void) {
    this.#pollMs = pollMs;
    this.#onWake = onWake;
    this.#onError = onError;
  }

  /** Keeps turns for exactly these files; new ones are due at once. */
  follow(files: readonly TailedFile[], now: number): void {
    const wanted = new Set(files);
    for (const [file, turn] of this.#turns) {
      if (wanted.has(file)) continue;
      this.#unwatch(turn);
      this.#turns.delete(file);
    }
    for (const file of files) {
      if (this.#turns.has(file)) continue;
      this.#turns.set(file, {
        due: now,
        backOff: this.#pollMs,
        readAt: -Infinity,
        grewAt: now,
        isWatchAsked: false,
        watch: undefined,
      });
    }
  }

  isDue(file: TailedFile, now: number): boolean {
    return (this.#turns.get(file)?.due ?? now) <= now;
  }

  /** `more`: it was not read to its end. */
  grew(file: TailedFile, now: number, more: boolean): void {
    const turn = this.#turns.get(file);
    if (turn === undefined) return;
    Object.assign(turn, { grewAt: now, readAt: now, backOff: this.#pollMs, due: more ? now : now + this.#pollMs });
    this.#watch(file, turn);
  }

  idle(file: TailedFile, now: number): void {
    const turn = this.#turns.get(file);
    if (turn === undefined) return;
    Object.assign(turn, {
      due: now + turn.backOff,
      backOff: Math.min(turn.backOff * 2, Math.max(MAX_POLL_MS, this.#pollMs)),
    });
    this.#watch(file, turn);
  }

  quietFor(file: TailedFile, now: number): number {
    return now - (this.#turns.get(file)?.grewAt ?? now);
  }

  nextDue(): number {
    return Math.min(...[...this.#turns.values()].map((turn) => turn.due));
  }

  /** No more watching of a file that is finished. */
  rest(file: TailedFile): void {
    const turn = this.#turns.get(file);
    if (turn === undefined) return;
    this.#unwatch(turn);
    turn.due = Infinity;
  }

  wake(file: TailedFile): void {
    const turn = this.#turns.get(file);
    if (turn === undefined) return;
    turn.due = Math.min(turn.due, turn.readAt + MIN_READ_GAP_MS);
    this.#onWake();
  }

  closeAll(): void {
    for (const turn of this.#turns.values()) this.#unwatch(turn);
    this.#turns.clear();
  }

  #watch(file: TailedFile, turn: Turn): void {
    if (turn.isWatchAsked || file.isRotated || this.#watches >= MAX_WATCHES) return;
    turn.isWatchAsked = true;
    turn.watch = watchFile(file.path, () => this.wake(file), this.#onError);
    if (turn.watch !== undefined) this.#watches++;
  }

  #unwatch(turn: Turn): void {
    if (turn.watch === undefined) return;
    turn.watch.close();
    turn.watch = undefined;
    this.#watches--;
  }
}
