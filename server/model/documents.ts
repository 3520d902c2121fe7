/**
 * Documents are small states that people depend on: alerts, silences, messages on their way. Each is a value JSON can hold, under a
 * collection and a key. Changes are made together or not at all, and are on disk before they are acknowledged.
 */
interface CollectionBound {
  readonly documents: number;
  /** What a document too many does: the change is refused, or the oldest document of the collection makes room. */
  readonly full: 'refuse' | 'drop_oldest';
}

/** Every collection and its bound. */
export const COLLECTIONS = {
  /** How each SLO's alert stands now, by SLO id. */
  alert_state: { documents: 4096, full: 'drop_oldest' },
  /** Every alert that fired, by alert id. */
  alert: { documents: 10_000, full: 'drop_oldest' },
  /** Alerts of Prometheus' alerting rules that are pending or fire, by alert id. */
  rule_alert: { documents: 2048, full: 'drop_oldest' },
  silence: { documents: 1024, full: 'refuse' },
  /** Exclusions, and their undos as entries of their own. */
  exclusion: { documents: 2048, full: 'refuse' },
  /** Who let which service through its gate, in force and over: the audit. */
  gate_override: { documents: 4096, full: 'drop_oldest' },
  /** Versions of services that went out. */
  release: { documents: 4096, full: 'drop_oldest' },
  /** The definition each SLO has, and its changes, by SLO id. */
  slo_change: { documents: 4096, full: 'drop_oldest' },
  /** When the last report was due that a schedule sent, by schedule. */
  report_order: { documents: 256, full: 'drop_oldest' },
  /** Messages that wait for their receiver. */
  outgoing: { documents: 4096, full: 'drop_oldest' },
  /** Messages that were delivered or given up. */
  notification: { documents: 10_000, full: 'drop_oldest' },
} as const satisfies Readonly<Record<string, CollectionBound>>;

export type Collection = keyof typeof COLLECTIONS;

/** A body as UTF-8 JSON, and a key; longer ones are refused with `too_large`. */
export const DOCUMENT_LIMITS = { body_bytes: 32_768, key_bytes: 256, changes: 16_384 } as const;

export type DocumentChange =
  | { readonly op: 'put'; readonly collection: Collection; readonly key: string; readonly body: unknown }
  | { readonly op: 'delete'; readonly collection: Collection; readonly key: string };

export interface StoredDocument {
  readonly key: string;
  /** Rises with every key that is new to the store; changing a document keeps its number. */
  readonly number: number;
  readonly body: unknown;
}

/** Newest first, by number. */
export interface DocumentQuery {
  readonly collection: Collection;
  /** Only this key. */
  readonly key?: string;
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Only documents older than this number: how a reader pages on. */
  readonly before?: number;
  /** 1 to 10,000. */
  readonly limit: number;
}

/** What made room in a full collection. */
export interface DroppedDocument {
  readonly collection: Collection;
  readonly key: string;
}
