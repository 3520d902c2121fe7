import { markedRelease } from '../../rules/history/release.ts';
import { COLLECTIONS } from '../model/documents.ts';
import { VigieError } from '../model/errors.ts';
import type { Release } from '../model/releases.ts';
import type { Ms } from '../model/units.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';

/** The releases that were marked, in memory and on disk; one counts once it is on disk. */
export class ReleaseBook {
  readonly #engine: DocumentEngine;
  #releases: readonly Release[];

  private constructor(engine: DocumentEngine, releases: readonly Release[]) {
    this.#engine = engine;
    this.#releases = releases;
  }

  static async open(engine: DocumentEngine): Promise<ReleaseBook> {
    const stored = await documentsOf<Release>(engine, 'release');
    return new ReleaseBook(engine, sorted(stored.map(({ body }) => body)));
  }

  /** Newest first; of one service, or of all. */
  of(service?: string): readonly Release[] {
    return this.#releases.filter((release) => service === undefined || release.service === service);
  }

  /** Rejects with `not_found`. */
  find(id: string): Release {
    const found = this.#releases.find((release) => release.id === id);
    if (found === undefined) throw new VigieError('not_found', `cannot find release ${JSON.stringify(id)}`);
    return found;
  }

  /** When the service had its next release after this one. */
  after({ service, time }: Release): number | undefined {
    return this.of(service).findLast((release) => release.time > time)?.time;
  }

  /** Rejects with `bad_request`. What was marked before is answered as it is. */
  async mark(body: unknown, now: Ms): Promise<Release> {
    const release = markedRelease(body, this.#releases, now);
    if (this.#releases.includes(release)) return release;
    const dropped = await this.#engine.changeDocuments([
      { op: 'put', collection: 'release', key: release.id, body: release },
    ]);
    // Who marked the same at once is among those that go.
    const gone = new Set([release.id, ...dropped.map(({ key }) => key)]);
    this.#releases = sorted([release, ...this.#releases.filter(({ id }) => !gone.has(id))]);
    return release;
  }
}

function sorted(releases: readonly Release[]): readonly Release[] {
  return releases.toSorted((a, b) => b.time - a.time).slice(0, COLLECTIONS.release.documents);
}
