import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';
import type { BatchReport } from './component.ts';

/** What one source batch did on its way through the transforms. */
export interface BatchFigures {
  readonly drops: ReadonlyMap<string, number>;
  readonly parsed: number;
  readonly unparseable: number;
  readonly note?: string;
  readonly newestEvent?: number;
}

/**
 * Holds back what components tell about a batch until it is committed. A batch whose commit fails is handed over again and told
 * again; without this it would count twice.
 */
export class BatchAccount {
  #told: (() => void)[] = [];
  #drops = new Map<string, number>();
  #parsed = 0;
  #unparseable = 0;
  #note: string | undefined;
  #newestEvent = Number.NEGATIVE_INFINITY;

  /** `telemetry`, held back. Discards that the configuration asked for are no loss of the source. */
  stage(telemetry: ComponentTelemetry): ComponentTelemetry {
    return {
      received: (events, bytes) => this.#told.push(() => telemetry.received(events, bytes)),
      sent: (events, bytes) => this.#told.push(() => telemetry.sent(events, bytes)),
      error: (type, stage, count) => this.#told.push(() => telemetry.error(type, stage, count)),
      discarded: (reason, intentional, count) => {
        if (!intentional) this.#drop(reason, count);
        this.#told.push(() => telemetry.discarded(reason, intentional, count));
      },
      snapshot: () => telemetry.snapshot(),
    };
  }

  report(telemetry: ComponentTelemetry): BatchReport {
    return {
      parsed: (lines, newestEvent) => {
        this.#parsed += lines;
        this.#newestEvent = Math.max(this.#newestEvent, newestEvent);
      },
      unparseable: (lines, note) => {
        this.#unparseable += lines;
        this.#note ??= note;
      },
      changed: (reason, lines) => {
        this.#drop(reason, lines);
        this.#told.push(() => telemetry.error(reason, 'processing', lines));
      },
    };
  }

  figures(): BatchFigures {
    return {
      drops: this.#drops,
      parsed: this.#parsed,
      unparseable: this.#unparseable,
      ...(this.#note === undefined ? {} : { note: this.#note }),
      ...(Number.isFinite(this.#newestEvent) ? { newestEvent: this.#newestEvent } : {}),
    };
  }

  /** The batch is over: what was told is passed on when it was committed, and forgotten otherwise. */
  settle(committed: boolean): void {
    const told = this.#told;
    this.#told = [];
    this.#drops = new Map();
    this.#parsed = 0;
    this.#unparseable = 0;
    this.#note = undefined;
    this.#newestEvent = Number.NEGATIVE_INFINITY;
    if (committed) for (const tell of told) tell();
  }

  #drop(reason: string, count: number): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + count);
  }
}
