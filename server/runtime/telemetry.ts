import { Counter, Gauge, Registry } from 'prom-client';

export type ComponentKind = 'source' | 'transform' | 'sink';
export type ErrorStage = 'receiving' | 'processing' | 'sending';

/** The events every component must tell, under Vector's names (its docs/specs/component.md). Told per batch, never per line. */
export interface ComponentTelemetry {
  received(events: number, bytes: number): void;
  sent(events: number, bytes: number): void;
  /** `type` is a code of low cardinality, never a message. */
  error(type: string, stage: ErrorStage, count?: number): void;
  /** `intentional`: the configuration asked for it. */
  discarded(reason: string, intentional: boolean, count: number): void;
  snapshot(): ComponentCounts;
}

export interface ComponentCounts {
  readonly received: number;
  readonly sent: number;
  readonly errors: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** One registry per thread; the main thread merges them for `/metrics`. */
export class Telemetry {
  readonly registry = new Registry();
  readonly #received = this.#counter('component_received_events_total', 'Events received by a component.', []);
  readonly #receivedBytes = this.#counter('component_received_bytes_total', 'Bytes received by a component.', []);
  readonly #sent = this.#counter('component_sent_events_total', 'Events sent by a component.', []);
  readonly #sentBytes = this.#counter('component_sent_bytes_total', 'Bytes sent by a component.', []);
  readonly #errors = this.#counter('component_errors_total', 'Errors met by a component.', ['error_type', 'stage']);
  readonly #discarded = this.#counter('component_discarded_events_total', 'Events dropped by a component.', [
    'reason',
    'intentional',
  ]);

  component(component_id: string, component_kind: ComponentKind, component_type: string): ComponentTelemetry {
    const labels = { component_id, component_kind, component_type };
    const drops: Record<string, number> = {};
    const counts = { received: 0, sent: 0, errors: 0 };
    return {
      received: (events, bytes) => {
        counts.received += events;
        this.#received.inc(labels, events);
        this.#receivedBytes.inc(labels, bytes);
      },
      sent: (events, bytes) => {
        counts.sent += events;
        this.#sent.inc(labels, events);
        this.#sentBytes.inc(labels, bytes);
      },
      error: (error_type, stage, count = 1) => {
        counts.errors += count;
        this.#errors.inc({ ...labels, error_type, stage }, count);
      },
      discarded: (reason, intentional, count) => {
        drops[reason] = (drops[reason] ?? 0) + count;
        this.#discarded.inc({ ...labels, reason, intentional: String(intentional) }, count);
      },
      snapshot: () => ({ ...counts, drops: { ...drops } }),
    };
  }

  /** A gauge read when somebody looks. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A counter kept elsewhere, read when somebody looks. */
  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #counter(name: string, help: string, labels: readonly string[]): Counter {
    const labelNames = ['component_id', 'component_kind', 'component_type', ...labels];
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
