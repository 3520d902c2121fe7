import type { DocumentChange, DroppedDocument } from '../model/documents.ts';
import { messageOf } from '../model/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { DocumentEngine } from './document-pages.ts';

/**
 * Changes on their way to disk. Those made before one `save` are saved together; when that fails they wait for the next, the
 * newest change of each document taking the place of older ones. Work goes on in memory meanwhile.
 */
export class UnsavedChanges {
  readonly #engine: DocumentEngine;
  readonly #log: Log;
  readonly #changes = new Map<string, DocumentChange>();
  readonly #dropListeners: ((dropped: DroppedDocument) => void)[] = [];

  constructor(engine: DocumentEngine, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  /** Called for every document a full collection dropped. */
  onDropped(listener: (dropped: DroppedDocument) => void): void {
    this.#dropListeners.push(listener);
  }

  add(changes: readonly DocumentChange[]): void {
    for (const change of changes) {
      const name = `${change.collection}/${change.key}`;
      // Taken out first, so that it stands behind what was changed before it.
      this.#changes.delete(name);
      this.#changes.set(name, change);
    }
  }

  async save(): Promise<void> {
    const saved = [...this.#changes];
    if (saved.length === 0) return;
    try {
      const dropped = await this.#engine.changeDocuments(saved.map(([, change]) => change));
      for (const [name, change] of saved) if (this.#changes.get(name) === change) this.#changes.delete(name);
      for (const document of dropped) this.#tellDropped(document);
    } catch (error) {
      this.#log.error('Cannot save alerts and notifications; they go on in memory, trying again.', {
        error: messageOf(error),
        changes: this.#changes.size,
      });
    }
  }

  /** Histories lose their oldest by design. */
  #tellDropped(document: DroppedDocument): void {
    const { collection, key } = document;
    if (collection === 'alert_state') this.#log.error('There are too many alerts to keep them all.', { dropped: key });
    for (const listener of this.#dropListeners) listener(document);
  }
}
