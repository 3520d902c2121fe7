import type { ComponentTelemetry } from '../server/runtime/telemetry.ts';

/** What a source drops before it hands anything over, kept until its next commit: it is part of the source's watermark. */
export class SourceDrops {
  #pending = new Map<string, number>();

  get pending(): ReadonlyMap<string, number> {
    return this.#pending;
  }

  /** `telemetry`, listened to. */
  listen(telemetry: ComponentTelemetry): ComponentTelemetry {
    return {
      ...telemetry,
      discarded: (reason, intentional, count) => {
        if (!intentional) this.#pending.set(reason, (this.#pending.get(reason) ?? 0) + count);
        telemetry.discarded(reason, intentional, count);
      },
    };
  }

  /** They are committed. */
  settle(): void {
    this.#pending = new Map();
  }
}
