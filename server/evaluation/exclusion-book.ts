import { exclusionState } from '../../rules/exclusions/exclusion.ts';
import { makeExclusion, makeUndo } from '../../rules/exclusions/exclusion-request.ts';
import { type ExclusionsInForce, exclusionsInForce } from '../../rules/exclusions/exclusions-in-force.ts';
import type { DocumentChange } from '../model/documents.ts';
import { VigieError } from '../model/errors.ts';
import type { Exclusion, ExclusionUndo } from '../model/exclusions.ts';
import { DAY, type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';

/** What is on disk: an exclusion as it was made, or its undo under a key of its own. Neither is ever written again. */
type Entry =
  | { readonly kind: 'exclusion'; readonly exclusion: Exclusion }
  | { readonly kind: 'undo'; readonly undo: ExclusionUndo };

export interface ExclusionRecord {
  readonly exclusion: Exclusion;
  readonly undone?: ExclusionUndo;
}

/** No window reaches further back than two years: later nothing depends on an exclusion that was over by then. */
const KEEP_PAST = ms(740 * DAY);

/** The exclusions, in memory and on disk; one counts once it is on disk. */
export class ExclusionBook {
  readonly #engine: DocumentEngine;
  readonly #newId: () => string;
  #records: readonly ExclusionRecord[];
  #inForce: ExclusionsInForce;
  #version = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(engine: DocumentEngine, newId: () => string, records: readonly ExclusionRecord[]) {
    this.#engine = engine;
    this.#newId = newId;
    this.#records = records;
    this.#inForce = inForceOf(records);
  }

  static async open(engine: DocumentEngine, newId: () => string): Promise<ExclusionBook> {
    const stored = (await documentsOf<Entry>(engine, 'exclusion')).map(({ body }) => body);
    const undos = new Map(
      stored.flatMap((entry) => (entry.kind === 'undo' ? [[entry.undo.exclusion, entry.undo]] : [])),
    );
    const records = stored.flatMap((entry) =>
      entry.kind === 'exclusion' ? [recordOf(entry.exclusion, undos.get(entry.exclusion.id))] : [],
    );
    return new ExclusionBook(engine, newId, records);
  }

  /** Newest first. */
  get all(): readonly ExclusionRecord[] {
    return this.#records;
  }

  /** Those that are not undone. */
  get inForce(): ExclusionsInForce {
    return this.#inForce;
  }

  /** Rises with each change. */
  get version(): number {
    return this.#version;
  }

  /** What would be in force with one more. */
  inForceWith(exclusion: Exclusion): ExclusionsInForce {
    return inForceOf([{ exclusion }, ...this.#records]);
  }

  /** Rejects with `bad_request`, `conflict` (no room). */
  async add(body: unknown, now: Ms): Promise<Exclusion> {
    const exclusion = makeExclusion(body, { id: this.#newId(), now }, compileMatcher);
    const outdated = this.#records.filter((record) => isOutdated(record, now));
    const entry: Entry = { kind: 'exclusion', exclusion };
    await this.#engine.changeDocuments([
      ...outdated.flatMap(removal),
      { op: 'put', collection: 'exclusion', key: exclusion.id, body: entry },
    ]);
    this.#take([{ exclusion }, ...this.#records.filter((record) => !outdated.includes(record))]);
    return exclusion;
  }

  /** Rejects with `not_found`, `conflict` (undone already), `bad_request` (nobody's name). One at a time: the first name stays. */
  undo(id: string, body: unknown, now: Ms): Promise<ExclusionUndo> {
    const turn = this.#turn.then(() => this.#undo(id, body, now));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #undo(id: string, body: unknown, now: Ms): Promise<ExclusionUndo> {
    const record = this.#records.find(({ exclusion }) => exclusion.id === id);
    if (record === undefined) throw new VigieError('not_found', `cannot find exclusion ${JSON.stringify(id)}`);
    if (record.undone !== undefined) {
      throw new VigieError('conflict', `cannot undo exclusion ${id}: ${record.undone.author} undid it already`);
    }
    const undone = makeUndo(id, body, now);
    const entry: Entry = { kind: 'undo', undo: undone };
    await this.#engine.changeDocuments([{ op: 'put', collection: 'exclusion', key: undoKey(id), body: entry }]);
    this.#take(this.#records.map((one) => (one.exclusion.id === id ? { ...one, undone } : one)));
    return undone;
  }

  #take(records: readonly ExclusionRecord[]): void {
    this.#records = records;
    this.#inForce = inForceOf(records);
    this.#version++;
  }
}

function recordOf(exclusion: Exclusion, undone: ExclusionUndo | undefined): ExclusionRecord {
  return { exclusion, ...(undone !== undefined && { undone }) };
}

function inForceOf(records: readonly ExclusionRecord[]): ExclusionsInForce {
  const standing = records.filter(({ undone }) => undone === undefined).map(({ exclusion }) => exclusion);
  return exclusionsInForce(standing, compileMatcher);
}

/** Looked at from two years ago nothing of it was to come. */
function isOutdated({ exclusion, undone }: ExclusionRecord, now: Ms): boolean {
  const then = ms(now - KEEP_PAST);
  return (undone?.created ?? 0) < then && exclusionState(exclusion, undefined, then) === 'past';
}

function removal({ exclusion, undone }: ExclusionRecord): readonly DocumentChange[] {
  const keys = [exclusion.id, ...(undone === undefined ? [] : [undoKey(exclusion.id)])];
  return keys.map((key) => ({ op: 'delete', collection: 'exclusion', key }));
}

function undoKey(id: string): string {
  return `${id}/undo`;
}
