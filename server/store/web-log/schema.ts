/** A day of a virtual host as one compressed body, the commits that are in no body yet, and the last day of each service that left. */
export const WEB_LOG_TABLES_SQL = `
CREATE TABLE web_log_day (id INTEGER PRIMARY KEY, service TEXT NOT NULL, vhost TEXT NOT NULL, zone TEXT NOT NULL,
  day TEXT NOT NULL, lsn INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (service, vhost, zone, day));
CREATE TABLE web_log_journal (lsn INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE web_log_floor (service TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
`;
