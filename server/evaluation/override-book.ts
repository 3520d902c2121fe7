import { endOverride, makeOverride, overrideState } from '../../rules/gate/gate-override.ts';
import { COLLECTIONS } from '../model/documents.ts';
import { VigieError } from '../model/errors.ts';
import type { GateOverride } from '../model/gate.ts';
import type { Ms } from '../model/units.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';

/** The overrides of the gate, in memory and on disk; one counts once it is on disk. Those that are over stay as the audit. */
export class OverrideBook {
  readonly #engine: DocumentEngine;
  readonly #newId: () => string;
  #overrides: readonly GateOverride[];

  private constructor(engine: DocumentEngine, newId: () => string, overrides: readonly GateOverride[]) {
    this.#engine = engine;
    this.#newId = newId;
    this.#overrides = overrides;
  }

  static async open(engine: DocumentEngine, newId: () => string): Promise<OverrideBook> {
    const stored = await documentsOf<GateOverride>(engine, 'gate_override');
    return new OverrideBook(
      engine,
      newId,
      stored.map(({ body }) => body),
    );
  }

  /** Newest first. */
  get all(): readonly GateOverride[] {
    return this.#overrides;
  }

  active(now: Ms): readonly GateOverride[] {
    return this.#overrides.filter((override) => overrideState(override, now) === 'active');
  }

  /** Rejects with `bad_request`. */
  async add(body: unknown, now: Ms): Promise<GateOverride> {
    const override = makeOverride(body, { id: this.#newId(), now });
    await this.#save(override);
    this.#overrides = [override, ...this.#overrides].slice(0, COLLECTIONS.gate_override.documents);
    return override;
  }

  /** Rejects with `not_found`, `conflict` (over already), `bad_request` (nobody's name). */
  async end(id: string, by: unknown, now: Ms): Promise<GateOverride> {
    const found = this.#overrides.find((override) => override.id === id);
    if (found === undefined) throw new VigieError('not_found', `cannot find override ${JSON.stringify(id)}`);
    const ended = endOverride(found, by, now);
    await this.#save(ended);
    this.#overrides = this.#overrides.map((override) => (override.id === id ? ended : override));
    return ended;
  }

  async #save(override: GateOverride): Promise<void> {
    await this.#engine.changeDocuments([{ op: 'put', collection: 'gate_override', key: override.id, body: override }]);
  }
}
