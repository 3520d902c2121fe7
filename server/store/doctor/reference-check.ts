import type Database from 'better-sqlite3';
import { READABLE_DATA_SOURCE } from '../rrd/data-sources.ts';
import { READABLE_SERIES } from '../series/known-series.ts';
import type { Finding } from './finding.ts';

/** A rule about the rows of one table. */
interface Rule {
  readonly table: string;
  readonly key: readonly string[];
  /** In SQL: the rows that break it. */
  readonly broken: string;
  /** What such a row is, for people; `$key` stands for its key. */
  readonly what: string;
  readonly cause: string;
  readonly lost: string;
}

const NO_SERIES = 'series NOT IN (SELECT id FROM series)';
const NO_SINK = 'sink NOT IN (SELECT id FROM sink)';
const NOT_READ = 'its JSON cannot be read';

/** What holds between the rows of a sound file. Pages, log blocks and days are read themselves. */
const RULES: readonly Rule[] = [
  {
    ...{ table: 'series', key: ['id'], broken: `NOT (${READABLE_SERIES})`, what: 'series $key' },
    ...{ cause: 'its kind or its labels cannot be read', lost: 'all data of the series' },
  },
  {
    ...{ table: 'series', key: ['id'], what: 'series $key', cause: 'an older one has the same name and labels' },
    broken: 'id NOT IN (SELECT min(id) FROM series GROUP BY name, labels)',
    lost: 'what was counted under it',
  },
  {
    ...{
      table: 'ring_profile',
      key: ['id'],
      broken: 'NOT json_valid(rings)',
      what: 'ring profile $key',
      cause: NOT_READ,
    },
    lost: 'the pages of the series that have it',
  },
  {
    ...{ table: 'head', key: ['series'], broken: NO_SERIES, what: 'the figures of series $key' },
    ...{ cause: 'there is no such series', lost: 'nothing that is asked for' },
  },
  {
    ...{ table: 'data_source', key: ['series'], what: 'the open data source of series $key' },
    broken: `${NO_SERIES} OR NOT (${READABLE_DATA_SOURCE})`,
    ...{ cause: 'there is no such series, or it cannot be read', lost: 'its open PDP: it begins anew' },
  },
  {
    ...{ table: 'series_origin', key: ['series', 'origin'], what: 'who wrote to series $key' },
    broken: `${NO_SERIES} OR origin NOT IN (SELECT id FROM origin)`,
    ...{ cause: 'there is no such series or origin', lost: 'the age of the series is judged by its other origins' },
  },
  {
    ...{
      table: 'origin',
      key: ['id'],
      broken: 'watermark IS NOT NULL AND NOT json_valid(watermark)',
      what: 'origin $key',
    },
    ...{ cause: NOT_READ, lost: 'how far the source is complete, until it says so again' },
  },
  ...['position', 'sink_epoch', 'held_part'].map((table) => ({
    table,
    key: ['sink', { position: 'key', sink_epoch: 'epoch', held_part: 'sequence' }[table] ?? ''],
    broken: NO_SINK,
    what: `row $key of table ${table}`,
    cause: 'there is no such sink',
    lost: 'nothing that is asked for',
  })),
  {
    ...{
      table: 'position',
      key: ['sink', 'key'],
      broken: 'NOT json_valid(value)',
      what: 'position $key',
      cause: NOT_READ,
    },
    lost: 'where a source stands, as this server knew it',
  },
  {
    ...{ table: 'document', key: ['number'], broken: 'NOT json_valid(body)', what: 'document $key', cause: NOT_READ },
    lost: 'an alert, a silence or a message',
  },
  {
    ...{
      table: 'log_body',
      key: ['id'],
      broken: 'id NOT IN (SELECT id FROM log_block)',
      what: 'the body of log block $key',
    },
    ...{ cause: 'its head is not there', lost: 'the lines of the block' },
  },
];

/** Every row that does not fit the others. */
export function checkReferences(db: Database.Database): Finding[] {
  return RULES.flatMap(({ table, key, broken, what, cause, lost }) => {
    const rows = db.prepare<[], Record<string, number | string>>(
      `SELECT ${key.join(', ')} FROM ${table} WHERE ${broken}`,
    );
    return rows.all().map((found) => ({
      what: what.replace('$key', () => Object.values(found).map(String).join(' ')),
      ...{ cause, lost, rows: [{ table, key: found }] },
    }));
  });
}
