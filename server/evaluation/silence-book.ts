import { expireSilence, makeSilence, readSilenceRequest, silenceState } from '../../rules/alerts/silence.ts';
import type { Silence } from '../model/alerts.ts';
import { COLLECTIONS, type DocumentChange } from '../model/documents.ts';
import { VigieError } from '../model/errors.ts';
import { DAY, type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';

/** Expired silences are kept this long, as far as there is room. */
const KEEP_EXPIRED = ms(90 * DAY);

/** The silences, in memory and on disk; a change counts once it is on disk. */
export class SilenceBook {
  readonly #engine: DocumentEngine;
  readonly #newId: () => string;
  #silences: readonly Silence[];

  private constructor(engine: DocumentEngine, newId: () => string, silences: readonly Silence[]) {
    this.#engine = engine;
    this.#newId = newId;
    this.#silences = silences;
  }

  static async open(engine: DocumentEngine, newId: () => string): Promise<SilenceBook> {
    const stored = await documentsOf<Silence>(engine, 'silence');
    return new SilenceBook(
      engine,
      newId,
      stored.map(({ body }) => body),
    );
  }

  /** Newest first. */
  get all(): readonly Silence[] {
    return this.#silences;
  }

  /** Makes a silence, or edits the one named by `id`. Rejects with `bad_request`, `not_found`, `conflict` (expired, or no room). */
  async put(body: unknown, now: Ms): Promise<Silence> {
    const written = readSilenceRequest(body);
    const previous = written.id === undefined ? undefined : this.#find(written.id);
    if (previous !== undefined && silenceState(previous, now) === 'expired') {
      throw new VigieError('conflict', `cannot edit silence ${previous.id}: it has expired; make a new one`);
    }
    const silence = makeSilence(written, { id: previous?.id ?? this.#newId(), now, previous }, compileMatcher);
    await this.#save(silence, previous === undefined ? this.#outdated(now) : []);
    return silence;
  }

  /** Rejects with `not_found`. */
  async expire(id: string, now: Ms): Promise<Silence> {
    const silence = expireSilence(this.#find(id), now);
    await this.#save(silence, []);
    return silence;
  }

  #find(id: string): Silence {
    const found = this.#silences.find((silence) => silence.id === id);
    if (found === undefined) throw new VigieError('not_found', `cannot find silence ${JSON.stringify(id)}`);
    return found;
  }

  /** Expired ones that are old, or in the way of a new one. */
  #outdated(now: Ms): readonly Silence[] {
    const expired = this.#silences.filter((silence) => silenceState(silence, now) === 'expired');
    const excess = Math.max(0, this.#silences.length + 1 - COLLECTIONS.silence.documents);
    const inTheWay = excess === 0 ? [] : expired.slice(-excess);
    return expired.filter((silence) => now - silence.ends > KEEP_EXPIRED || inTheWay.includes(silence));
  }

  async #save(silence: Silence, outdated: readonly Silence[]): Promise<void> {
    const away = outdated.map(({ id }): DocumentChange => ({ op: 'delete', collection: 'silence', key: id }));
    await this.#engine.changeDocuments([...away, { op: 'put', collection: 'silence', key: silence.id, body: silence }]);
    const gone = new Set(outdated);
    const kept = this.#silences.filter((other) => !gone.has(other));
    const known = kept.some(({ id }) => id === silence.id);
    this.#silences = known ? kept.map((other) => (other.id === silence.id ? silence : other)) : [silence, ...kept];
  }
}
