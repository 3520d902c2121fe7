import { nextRecord, type SloRecord } from '../../rules/history/slo-change.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { DOCUMENT_LIMITS } from '../model/documents.ts';
import { messageOf } from '../model/errors.ts';
import type { SloChange } from '../model/slo-changes.ts';
import type { Ms } from '../model/units.ts';
import type { Log } from '../runtime/log.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';

/**
 * How the definitions in force became what they are, in memory and on disk. A definition that decides other figures than the one kept
 * under its id is a change; it counts once it is on disk. What could not be saved differs still when definitions are taken up next.
 */
export class SloChangeBook {
  readonly #engine: DocumentEngine;
  readonly #log: Log;
  readonly #records: Map<string, SloRecord>;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(engine: DocumentEngine, log: Log, records: Map<string, SloRecord>) {
    this.#engine = engine;
    this.#log = log;
    this.#records = records;
  }

  static async open(engine: DocumentEngine, log: Log): Promise<SloChangeBook> {
    const stored = await documentsOf<SloRecord>(engine, 'slo_change');
    return new SloChangeBook(engine, log, new Map(stored.map(({ key, body }) => [key, body])));
  }

  /** Newest first; a group has those of what it is a group of. A proposal has none: whatever was kept under its id is not in force. */
  of({ id, proposed, group }: Pick<SloDefinition, 'id' | 'proposed' | 'group'>): readonly SloChange[] {
    return proposed ? [] : (this.#records.get(group?.of ?? id)?.changes ?? []);
  }

  /** These definitions are in force; tells the ids of those that changed. One at a time; never rejects: figures do not wait for it. */
  takeUp(definitions: readonly SloDefinition[], now: Ms): Promise<readonly string[]> {
    const turn = this.#running.then(() => this.#record(definitions, now));
    this.#running = turn;
    return turn;
  }

  async #record(definitions: readonly SloDefinition[], now: Ms): Promise<readonly string[]> {
    const fresh = definitions.flatMap((definition) => this.#freshOf(definition, now));
    if (fresh.length === 0) return [];
    try {
      const dropped = await this.#engine.changeDocuments(
        fresh.map(([key, body]) => ({ op: 'put', collection: 'slo_change', key, body })),
      );
      const changed = fresh.filter(([id]) => this.#records.has(id));
      for (const [id, record] of fresh) this.#take(id, record);
      for (const { key } of dropped) this.#forget(key);
      return changed.map(([id]) => id);
    } catch (error) {
      this.#log.error('Cannot keep how SLOs changed; trying again when their files are read next.', {
        slos: fresh.map(([id]) => id).join(', '),
        error: messageOf(error),
      });
      return [];
    }
  }

  /** What is to be saved of a definition, if anything. */
  #freshOf(definition: SloDefinition, now: Ms): readonly (readonly [string, SloRecord])[] {
    if (definition.proposed) return [];
    const { id } = definition;
    const known = this.#records.get(id);
    const next = nextRecord(known, definition, now);
    if (next === known) return [];
    const record = fitting(next);
    if (record !== undefined) return [[id, record]];
    this.#log.warn('The definition of an SLO is too long to tell how it changes.', { slo: id });
    return [];
  }

  #take(id: string, record: SloRecord): void {
    const isChange = this.#records.has(id);
    this.#records.set(id, record);
    if (!isChange) return;
    const keys = record.changes[0]?.what.map(({ key }) => key).join(', ');
    this.#log.info('The definition of an SLO changed; its figures are computed anew.', { slo: id, keys });
  }

  #forget(id: string): void {
    this.#records.delete(id);
    this.#log.warn('There are too many SLOs to keep how all of them changed.', { dropped: id });
  }
}

/** With as many changes, newest first, as a document holds; none when it does not even hold the definition. */
function fitting(record: SloRecord): SloRecord | undefined {
  const { entry, changes } = record;
  if (Buffer.byteLength(JSON.stringify(record)) <= DOCUMENT_LIMITS.body_bytes) return record;
  return changes.length === 0 ? undefined : fitting({ entry, changes: changes.slice(0, -1) });
}
