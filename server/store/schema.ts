import Database from 'better-sqlite3';
import { messageOf, VigieError } from '../model/errors.ts';
import { DEFAULT_RINGS } from '../model/rings.ts';
import { DOCUMENT_TABLES } from './documents.ts';
import { HELD_PART_TABLES } from './intake/held-parts.ts';
import { LOG_TABLES } from './logs/schema.ts';
import { ringsText } from './rings/ring-text.ts';
import { DATA_SOURCE_TABLES } from './rrd/data-sources.ts';
import { WEB_LOG_TABLES_SQL } from './web-log/schema.ts';

/** "Vgie": marks the file as ours for `file(1)` and for us. */
const APPLICATION_ID = 0x56676965;

/** Page rows live in a rowid table: WITHOUT ROWID would spill bodies of a full leaf to overflow pages. */
const TABLES = `
CREATE TABLE page (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE journal (lsn INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE series (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL);
CREATE TABLE head (series INTEGER PRIMARY KEY, lsn INTEGER NOT NULL, oldest REAL NOT NULL, newest REAL NOT NULL,
  n REAL NOT NULL, sum REAL NOT NULL);
CREATE TABLE origin (id INTEGER PRIMARY KEY, collector TEXT NOT NULL, source TEXT NOT NULL, high_water REAL NOT NULL,
  watermark TEXT, UNIQUE (collector, source));
CREATE TABLE series_origin (series INTEGER NOT NULL, origin INTEGER NOT NULL, PRIMARY KEY (series, origin)) WITHOUT ROWID;
CREATE TABLE sink (id INTEGER PRIMARY KEY, collector TEXT NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, digest TEXT NOT NULL, UNIQUE (collector, name));
CREATE TABLE sink_epoch (sink INTEGER NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (sink, epoch)) WITHOUT ROWID;
CREATE TABLE position (sink INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (sink, key)) WITHOUT ROWID;
CREATE TABLE tally (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
`;

/** Of version 2: queues and origins that are gone, and clocks that leap. */
const STANDING_AND_LEAPS = `
ALTER TABLE sink ADD COLUMN former INTEGER;
ALTER TABLE origin ADD COLUMN retired REAL;
ALTER TABLE origin ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
CREATE TABLE leap (one INTEGER PRIMARY KEY CHECK (one = 1), base REAL NOT NULL, since REAL NOT NULL);
CREATE TABLE page_before_leap (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
`;

/** Of version 4: pages of other lengths in other rows, to which `repaging.ts` moves what there is. */
const LONGER_PAGES = `
ALTER TABLE page RENAME TO old_page;
CREATE TABLE page (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
`;

/** Of version 5: each series has rings of a profile. Until then all had those of the first. */
const RING_PROFILES = `
CREATE TABLE ring_profile (id INTEGER PRIMARY KEY, rings TEXT NOT NULL);
INSERT INTO ring_profile VALUES (1, '${ringsText(DEFAULT_RINGS)}');
ALTER TABLE series ADD COLUMN profile INTEGER NOT NULL DEFAULT 1;
ALTER TABLE series ADD COLUMN since TEXT;
ALTER TABLE series ADD COLUMN layout_lsn INTEGER NOT NULL DEFAULT 0;
`;

/** What each version adds to the one before; a file is brought up step by step, and a new one goes through all of them. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [TABLES],
  [STANDING_AND_LEAPS, LOG_TABLES, DOCUMENT_TABLES, WEB_LOG_TABLES_SQL],
  [HELD_PART_TABLES],
  [LONGER_PAGES],
  [RING_PROFILES],
  [DATA_SOURCE_TABLES],
];
const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Opens the database file, making its tables when it is new. Throws VigieError `newer_database` for a file of a later version,
 * `bad_config` for a file that is not ours.
 */
export function openDatabase(file: string, durable = true): Database.Database {
  const db = new Database(file);
  try {
    // better-sqlite3 is compiled with synchronous=NORMAL in WAL mode: a commit would not survive a power cut. Switching to WAL writes.
    db.pragma(`synchronous = ${durable ? 'FULL' : 'OFF'}`);
    db.pragma('journal_mode = WAL');
    db.pragma('journal_size_limit = 67108864');
    migrate(db, file);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof VigieError) throw error;
    throw new VigieError('unavailable', `cannot open ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Whether the file is of today's format, or of one that the next start brings up to date. Throws VigieError `newer_database`, or `bad_config` for a file
 * that is not ours.
 */
export function checkFormat(db: Database.Database, file: string): 'today' | 'older' {
  const { version, application } = formatOf(db);
  if (application !== APPLICATION_ID) throw new VigieError('bad_config', strangerText(file));
  refuseNewer(version, file);
  if (version < SCHEMA_VERSION) return 'older';
  const isBetween = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'old_page'").get() !== undefined;
  return isBetween ? 'older' : 'today';
}

function formatOf(db: Database.Database): { readonly version: number; readonly application: number } {
  const version = Number(db.pragma('user_version', { simple: true }));
  return { version, application: Number(db.pragma('application_id', { simple: true })) };
}

function refuseNewer(version: number, file: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new VigieError(
    'newer_database',
    `cannot open ${file}: got format ${version}; want ${SCHEMA_VERSION} or older: install the version of Vigie that wrote it`,
  );
}

function strangerText(file: string): string {
  return `cannot open ${file}: it is not a database of Vigie`;
}

function migrate(db: Database.Database, file: string): void {
  const { version, application } = formatOf(db);
  if (application === APPLICATION_ID) refuseNewer(version, file);
  if (version === SCHEMA_VERSION && application === APPLICATION_ID) return;
  if (application !== APPLICATION_ID) refuseStranger(db, file);
  db.transaction(() => {
    for (const tables of MIGRATIONS.slice(version).flat()) db.exec(tables);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

/** A new file has no tables yet. */
function refuseStranger(db: Database.Database, file: string): void {
  const tables = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  const version = Number(db.pragma('user_version', { simple: true }));
  if (tables.count > 0 || version > 0) {
    throw new VigieError('bad_config', strangerText(file));
  }
}
