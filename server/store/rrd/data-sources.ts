import type Database from 'better-sqlite3';
import type { DataSource } from '../../model/data-source.ts';
import type { LabelMatcher, SeriesId } from '../../model/labels.ts';
import { isSelected } from '../series/selected.ts';
import { type OpenPdp, UNKNOWN } from './pdp.ts';

/** What series that all matchers accept are, when they are made. */
export interface DataSourceRule {
  readonly matchers: readonly LabelMatcher[];
  readonly source: DataSource;
}

/** A data source as it stands after its last update: plain data. Times are ms. */
export interface OpenSource extends OpenPdp {
  readonly source: DataSource;
  /** Of its PDPs, ms: the finest ring of the series as it was when the source began. */
  readonly step: number;
  /** Where it began, or began anew because its type or step changed. */
  readonly since: number;
  /** Whether the last PDP that was closed is known. */
  readonly isKnown: boolean;
}

export const DATA_SOURCE_TABLES = `
CREATE TABLE data_source (series INTEGER PRIMARY KEY, body TEXT NOT NULL);
`;

/** In SQL: 1 when the body of a row can be read. */
export const READABLE_DATA_SOURCE =
  "CASE WHEN json_valid(body) THEN ifnull(json_type(body, '$.lastUp') IN ('integer', 'real'), 0) ELSE 0 END";

/** A row: the numbers of the definition and of the state, each of which prints in 24 bytes at most, and a value in 40. */
export const DATA_SOURCE_BYTES = 512;

/**
 * The data sources of series of the kind *rrd*: how they are declared, and what they carry from update to update. A commit writes
 * what its updates left open in its own transaction, so nothing of it is replayed.
 */
export class DataSources {
  readonly #rules: readonly DataSourceRule[];
  readonly #declared = new WeakMap<SeriesId, DataSource | undefined>();
  readonly #open = new Map<number, OpenSource>();
  readonly #save: Database.Statement<[number, string]>;
  readonly #delete: Database.Statement<[number]>;

  /** @param damage told of each series whose row cannot be read; it begins anew. */
  constructor(db: Database.Database, rules: readonly DataSourceRule[], damage: (series: number) => void) {
    this.#rules = rules;
    this.#save = db.prepare('INSERT OR REPLACE INTO data_source (series, body) VALUES (?, ?)');
    this.#delete = db.prepare('DELETE FROM data_source WHERE series = ?');
    const rows = db.prepare<[], [number, string, number]>(
      `SELECT series, body, ${READABLE_DATA_SOURCE} FROM data_source WHERE series IN (SELECT id FROM series)`,
    );
    for (const [id, body, isReadable] of rows.raw().iterate()) {
      if (isReadable === 1) this.#open.set(id, JSON.parse(body) as OpenSource);
      else damage(id);
    }
  }

  /** The identity under which a newcomer is stored: absolute samples of what is declared are updates. */
  identityOf(identity: SeriesId): SeriesId {
    if (identity.kind === 'sum' || this.declared(identity) === undefined) return identity;
    return { ...identity, kind: 'rrd' };
  }

  /** The first rule that selects the series. */
  declared(identity: SeriesId): DataSource | undefined {
    return this.#rules.find(({ matchers }) => isSelected(identity, matchers))?.source;
  }

  /** The same of a series, which is looked up once. */
  declaredFor(series: SeriesId): DataSource | undefined {
    if (!this.#declared.has(series)) this.#declared.set(series, this.declared(series));
    return this.#declared.get(series);
  }

  find(series: number): OpenSource | undefined {
    return this.#open.get(series);
  }

  /** Inside the transaction of the commit. */
  save(changed: ReadonlyMap<{ readonly id: number }, OpenSource>): void {
    for (const [{ id }, open] of changed) this.#save.run(id, JSON.stringify(open));
  }

  /** After that transaction is committed. */
  saved(changed: ReadonlyMap<{ readonly id: number }, OpenSource>): void {
    for (const [{ id }, open] of changed) this.#open.set(id, open);
  }

  /** Those updated after a moment, ms. */
  after(time: number): readonly { readonly id: number }[] {
    return [...this.#open].filter(([, { lastUp }]) => lastUp > time).map(([id]) => ({ id }));
  }

  /** Inside a transaction. */
  remove(series: readonly { readonly id: number }[]): void {
    for (const { id } of series) this.#delete.run(id);
  }

  /** After that transaction is committed. */
  removed(series: readonly { readonly id: number }[]): void {
    for (const { id } of series) this.#open.delete(id);
  }
}

/** A sample as rrdtool would be told it: what is no finite number is unknown. */
export function updateText(value: number, stale: boolean): string {
  return stale || !Number.isFinite(value) ? UNKNOWN : String(value);
}
